/* The picture of the demonstration's stream: a piano at a rainy window. draw(s) paints the moment `s` of a loop;
   everything moves a whole number of times in it, so that its end meets its beginning. */
const canvas = document.getElementById('stage');
const ink = canvas.getContext('2d');
const W = canvas.width;
const H = canvas.height;
const TAU = Math.PI * 2;
const KEYS_TOP = 424;
const KEYS_HEIGHT = 92;
const WHITE = 21;
const KEY_W = W / WHITE;
const COLORS = ['#f2b84b', '#f0526b', '#7fd6e8', '#f7a8d8'];
/** Semitones of the white keys above the lowest one, which is a C. */
const STEPS = [0, 2, 4, 5, 7, 9, 11];

let loop_s = 12;
let notes = [];

/** The song: notes as [start_s, length_s, semitone above the lowest key, voice]. */
function prepare(song) {
	loop_s = song.loop_s;
	notes = song.notes;
}

/** A number from 0 to 1 that is always the same for `n`. */
function chance(n) {
	const x = Math.sin(n * 127.1 + 11.7) * 43758.5453;
	return x - Math.floor(x);
}

function isBlack(semitone) {
	return !STEPS.includes(semitone % 12);
}

/** Where a key lies. */
function keyOf(semitone) {
	const octave = Math.floor(semitone / 12);
	const black = isBlack(semitone);
	const step = STEPS.filter((each) => each <= semitone % 12).length - 1;
	const x = (octave * 7 + step) * KEY_W;
	return black ? { x: x + KEY_W * 0.68, w: KEY_W * 0.62, black } : { x, w: KEY_W, black };
}

/** How long ago a note began, in a loop. */
function since(start, s) {
	return (((s - start) % loop_s) + loop_s) % loop_s;
}

function wall(turn) {
	const sky = ink.createLinearGradient(0, 0, 0, KEYS_TOP);
	sky.addColorStop(0, '#0d1230');
	sky.addColorStop(0.6, '#251a45');
	sky.addColorStop(1, '#4a2148');
	ink.fillStyle = sky;
	ink.fillRect(0, 0, W, H);

	const moon = ink.createRadialGradient(350, 150, 6, 350, 150, 170);
	moon.addColorStop(0, 'rgba(255, 240, 214, 1)');
	moon.addColorStop(0.2, 'rgba(255, 232, 196, 0.96)');
	moon.addColorStop(0.23, 'rgba(255, 214, 170, 0.3)');
	moon.addColorStop(1, 'rgba(255, 200, 150, 0)');
	ink.fillStyle = moon;
	ink.fillRect(0, 0, W, KEYS_TOP);

	for (let n = 0; n < 34; n++) {
		const warm = chance(n + 300) > 0.4;
		const glow = 0.2 + 0.16 * Math.sin(TAU * (turn * (1 + (n % 3)) + chance(n)));
		ink.beginPath();
		ink.fillStyle = warm ? `rgba(255, 186, 110, ${glow})` : `rgba(127, 190, 232, ${glow})`;
		ink.arc(chance(n + 100) * W, 300 + chance(n + 200) * 110, 5 + chance(n + 400) * 15, 0, TAU);
		ink.fill();
	}
}

function rain(turn) {
	ink.lineCap = 'round';
	for (let n = 0; n < 70; n++) {
		const falls = 7 + Math.floor(chance(n + 40) * 7);
		const y = (((chance(n + 80) + turn * falls) % 1) * 1.25 - 0.15) * KEYS_TOP;
		const x = chance(n + 20) * W;
		const length = 12 + chance(n + 60) * 20;
		ink.strokeStyle = `rgba(200, 222, 255, ${0.1 + chance(n + 7) * 0.18})`;
		ink.lineWidth = 1.4;
		ink.beginPath();
		ink.moveTo(x, y);
		ink.lineTo(x - length * 0.14, y + length);
		ink.stroke();
	}
	// The window's bars.
	ink.fillStyle = '#120b1d';
	ink.fillRect(W * 0.5 - 5, 0, 10, KEYS_TOP);
	ink.fillRect(0, 232, W, 9);
	ink.fillStyle = 'rgba(255, 220, 180, 0.08)';
	ink.fillRect(W * 0.5 - 5, 0, 2, KEYS_TOP);
	ink.fillRect(0, 232, W, 2);
}

function risingNotes(s) {
	ink.globalCompositeOperation = 'lighter';
	for (const [start, length, semitone, voice] of notes) {
		const age = since(start, s);
		if (age > 3.4) continue;
		const key = keyOf(semitone);
		const x = key.x + key.w / 2;
		const rise = age * 104;
		const fade = Math.min(1, (3.4 - age) / 1.6);
		const tail = Math.min(age, length) * 104;
		const color = COLORS[voice];
		ink.globalAlpha = 0.85 * fade;
		const beam = ink.createLinearGradient(0, KEYS_TOP - rise, 0, KEYS_TOP - rise + tail + 1);
		beam.addColorStop(0, color);
		beam.addColorStop(1, `${color}22`);
		ink.fillStyle = beam;
		ink.beginPath();
		ink.roundRect(x - 5, KEYS_TOP - rise - 4, 10, tail + 8, 5);
		ink.fill();
		const halo = ink.createRadialGradient(x, KEYS_TOP - rise, 1, x, KEYS_TOP - rise, 30);
		halo.addColorStop(0, color);
		halo.addColorStop(1, `${color}00`);
		ink.globalAlpha = 0.5 * fade;
		ink.fillStyle = halo;
		ink.fillRect(x - 30, KEYS_TOP - rise - 30, 60, 60);
	}
	ink.globalAlpha = 1;
	ink.globalCompositeOperation = 'source-over';
}

/** How far a key is pressed, 0 to 1, and in which colour. */
function pressed(semitone, s) {
	let depth = 0;
	let color = COLORS[0];
	for (const [start, length, note, voice] of notes) {
		if (note !== semitone) continue;
		const age = since(start, s);
		const now = age < length ? Math.min(1, age / 0.04) : Math.max(0, 1 - (age - length) / 0.12);
		if (now > depth) [depth, color] = [now, COLORS[voice]];
	}
	return { depth, color };
}

function keyboard(s) {
	ink.fillStyle = '#1c0f16';
	ink.fillRect(0, KEYS_TOP - 16, W, 16);
	ink.fillStyle = '#8c1f3a';
	ink.fillRect(0, KEYS_TOP - 3, W, 4);
	for (const black of [false, true]) {
		for (let semitone = 0; semitone < 36; semitone++) {
			if (isBlack(semitone) !== black) continue;
			const { x, w } = keyOf(semitone);
			const { depth, color } = pressed(semitone, s);
			const height = (black ? KEYS_HEIGHT * 0.62 : KEYS_HEIGHT) + depth * 5;
			const shade = ink.createLinearGradient(0, KEYS_TOP, 0, KEYS_TOP + height);
			shade.addColorStop(0, black ? '#0a0710' : '#cdbfd2');
			shade.addColorStop(1, black ? '#3a3048' : '#fbf4f0');
			ink.fillStyle = shade;
			ink.beginPath();
			ink.roundRect(x + 1, KEYS_TOP, w - 2, height, [0, 0, 5, 5]);
			ink.fill();
			if (depth > 0) {
				ink.globalAlpha = 0.75 * depth;
				ink.fillStyle = color;
				ink.fill();
				ink.globalAlpha = 1;
			}
		}
	}
}

function floor(s, turn) {
	const top = KEYS_TOP + KEYS_HEIGHT + 5;
	const wood = ink.createLinearGradient(0, top, 0, H);
	wood.addColorStop(0, '#33131f');
	wood.addColorStop(0.25, '#1d0c17');
	wood.addColorStop(1, '#0b0711');
	ink.fillStyle = wood;
	ink.fillRect(0, top, W, H - top);
	// The keys shine in the varnish.
	ink.globalCompositeOperation = 'lighter';
	for (let semitone = 0; semitone < 36; semitone++) {
		const { depth, color } = pressed(semitone, s);
		if (!depth) continue;
		const { x, w } = keyOf(semitone);
		const shine = ink.createRadialGradient(x + w / 2, top, 2, x + w / 2, top, 120);
		shine.addColorStop(0, color);
		shine.addColorStop(1, `${color}00`);
		ink.globalAlpha = 0.35 * depth;
		ink.fillStyle = shine;
		ink.fillRect(x - 120, top, 260, 130);
	}
	// A candle at either side, never quite still.
	for (const [n, x] of [56, W - 56].entries()) {
		const flicker = 1 + 0.06 * Math.sin(TAU * (turn * 17 + n * 0.4)) + 0.04 * Math.sin(TAU * turn * 29);
		const light = ink.createRadialGradient(x, KEYS_TOP - 60, 2, x, KEYS_TOP - 60, 150 * flicker);
		light.addColorStop(0, 'rgba(255, 206, 120, 0.75)');
		light.addColorStop(0.1, 'rgba(255, 170, 80, 0.34)');
		light.addColorStop(1, 'rgba(255, 150, 60, 0)');
		ink.globalAlpha = 1;
		ink.fillStyle = light;
		ink.fillRect(x - 170, KEYS_TOP - 230, 340, 340);
	}
	ink.globalAlpha = 1;
	ink.globalCompositeOperation = 'source-over';
	for (const x of [56, W - 56]) {
		ink.fillStyle = '#f6e9d8';
		ink.fillRect(x - 7, KEYS_TOP - 52, 14, 38);
		ink.fillStyle = '#fff3c4';
		ink.beginPath();
		ink.ellipse(x, KEYS_TOP - 62, 4.5, 10, 0, 0, TAU);
		ink.fill();
	}
}

function draw(s) {
	const turn = s / loop_s;
	wall(turn);
	rain(turn);
	risingNotes(s);
	keyboard(s);
	floor(s, turn);
	return canvas.toDataURL('image/jpeg', 0.96);
}
