/** The overlays' shapes by the names of the server's schema; the server always sends every field. */
import type { components } from '$lib/api/schema';

type Schemas = components['schemas'];

export type OverlayKind = Schemas['Overlay']['kind'];
export type AlertVariation = Required<Schemas['AlertVariation']>;
export type AlertKind = AlertVariation['kinds'][number];
export type SoundName = NonNullable<AlertVariation['sound']>;
export type AlertSpeech = Required<Schemas['AlertSpeech']>;
export type AlertSettings = Omit<Required<Schemas['AlertSettings']>, 'variations' | 'speech'> & {
	variations: AlertVariation[];
	speech: AlertSpeech;
};
export type GoalSettings = Required<Schemas['GoalSettings']>;
export type SupportersSettings = Required<Schemas['SupportersSettings']>;
export type TickerSettings = Required<Schemas['TickerSettings']>;
export type ChatSettings = Required<Schemas['ChatSettings']>;
export type OverlaySettings =
	AlertSettings | GoalSettings | SupportersSettings | TickerSettings | ChatSettings;
export type SettingsFrame = Omit<Schemas['SettingsTold'], 'settings'> & {
	settings: OverlaySettings;
};
export type HoldSwitch = Schemas['HoldSwitch'];
export type ApprovedAlert = Schemas['ApprovedAlert'];
export type Overlay = Omit<Schemas['Overlay'], 'settings'> & { settings: OverlaySettings };
export type WaitingAlert = Schemas['WaitingAlert'];
