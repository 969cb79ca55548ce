import type { Spoken } from './alerts';
import type { SoundName } from './types';

export const SOUNDS: readonly { value: SoundName; label: string }[] = [
	{ value: 'chime', label: 'Chime' },
	{ value: 'coin', label: 'Coin' },
	{ value: 'sparkle', label: 'Sparkle' },
	{ value: 'drum', label: 'Drum' },
	{ value: 'fanfare', label: 'Fanfare' },
	{ value: 'pop', label: 'Pop' }
];

/** Play one of our sounds; a browser that has not been touched yet may refuse, which is no error. */
export function playSound(name: SoundName, volumePercent: number): void {
	const audio = new Audio(`/sounds/${name}.wav`);
	audio.volume = volumePercent / 100;
	audio.play().catch(() => undefined);
}

/** The voice of a language: exactly it, else one of the same tongue, else the browser's choice. */
export function chooseVoice<Voice extends { lang: string; default: boolean }>(
	voices: readonly Voice[],
	language: string | null
): Voice | null {
	if (language === null) return voices.find((voice) => voice.default) ?? null;
	const wanted = language.toLowerCase();
	const tongue = wanted.split('-')[0];
	const named = (voice: Voice) => voice.lang.replace('_', '-').toLowerCase();
	return (
		voices.find((voice) => named(voice) === wanted) ??
		voices.find((voice) => named(voice).split('-')[0] === tongue) ??
		null
	);
}

/** Read something aloud, after what is being read; nothing where the browser has no voices. */
export function speak(spoken: Spoken): void {
	if (!('speechSynthesis' in window)) return;
	const saying = new SpeechSynthesisUtterance(spoken.text);
	const voice = chooseVoice(speechSynthesis.getVoices(), spoken.language);
	if (voice) saying.voice = voice;
	if (spoken.language) saying.lang = spoken.language;
	saying.rate = spoken.rate;
	saying.volume = spoken.volume;
	speechSynthesis.speak(saying);
}
