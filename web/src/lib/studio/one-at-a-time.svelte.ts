import { Problem } from '$lib/api';
import { toasts } from '$lib/ui';

/** Lets one row of a list do something at a time; what goes wrong is told in a toast. */
export class OneAtATime {
	/** The row that is at it. */
	busy = $state<string | null>(null);

	async run(id: string, work: () => Promise<void>): Promise<void> {
		if (this.busy !== null) return;
		this.busy = id;
		try {
			await work();
		} catch (thrown) {
			toasts.problem(Problem.from(thrown));
		} finally {
			this.busy = null;
		}
	}
}
