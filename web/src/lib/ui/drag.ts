import type { Attachment } from 'svelte/attachments';

const CLOSE_PX = 110;
const CLOSE_PX_PER_MS = 0.55;

/** Drag a sheet down by its head; a long or a quick pull lets it go, a short one springs back. */
export function dragDown(enabled: () => boolean, release: () => void): Attachment<HTMLElement> {
	return (handle) => {
		const sheet = handle.closest('dialog');
		if (!sheet) return;
		let from: { y: number; at: number; id: number } | undefined;

		function down(event: PointerEvent) {
			const pressed = event.target instanceof Element && event.target.closest('button, a, input');
			if (!enabled() || pressed || event.button !== 0) return;
			from = { y: event.clientY, at: event.timeStamp, id: event.pointerId };
			handle.setPointerCapture(event.pointerId);
			sheet!.style.transition = 'none';
		}
		function move(event: PointerEvent) {
			if (event.pointerId !== from?.id) return;
			sheet!.style.transform = `translateY(${Math.max(0, event.clientY - from.y)}px)`;
		}
		function up(event: PointerEvent) {
			if (event.pointerId !== from?.id) return;
			const pulled = event.clientY - from.y;
			const speed = pulled / Math.max(1, event.timeStamp - from.at);
			from = undefined;
			sheet!.style.transition = '';
			sheet!.style.transform = '';
			const far = pulled > CLOSE_PX || speed > CLOSE_PX_PER_MS;
			if (event.type === 'pointerup' && far) release();
		}

		const events = { pointerdown: down, pointermove: move, pointerup: up, pointercancel: up };
		for (const [name, listener] of Object.entries(events)) {
			handle.addEventListener(name, listener as EventListener);
		}
		return () => {
			for (const [name, listener] of Object.entries(events)) {
				handle.removeEventListener(name, listener as EventListener);
			}
		};
	};
}
