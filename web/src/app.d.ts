declare global {
	namespace App {
		interface PageData {
			/**
			 * How much of the house a page shows. `full`: bar, navigation, page width (the default).
			 * `stage`: no navigation on a phone, full width (the live room). `none`: nothing (the overlay).
			 */
			chrome?: 'full' | 'stage' | 'none';
		}
	}
}

export {};
