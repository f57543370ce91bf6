/** One row of a keyed list: an element that stays as long as its key does. */
export interface Row<Item> {
	readonly element: HTMLElement;
	update(item: Item): void;
}

/** A list whose rows are kept by key: an update moves, changes, adds and removes rows, and touches no other,
 *  so that scroll position, focus and selection stay where they are. */
export class KeyedList<Item> {
	private rows = new Map<string, Row<Item>>();

	constructor(
		private readonly container: HTMLElement,
		private readonly keyOf: (item: Item) => string,
		private readonly create: (item: Item) => Row<Item>,
	) {}

	update(items: readonly Item[]): void {
		const kept = new Map<string, Row<Item>>();
		for (const item of items) {
			const key = this.keyOf(item);
			const row = this.rows.get(key) ?? this.create(item);
			row.update(item);
			kept.set(key, row);
		}
		this.drop(kept);
		this.arrange(kept);
		this.rows = kept;
	}

	row(key: string): Row<Item> | undefined {
		return this.rows.get(key);
	}

	private drop(kept: Map<string, Row<Item>>): void {
		for (const [key, row] of this.rows) {
			if (!kept.has(key)) row.element.remove();
		}
	}

	private arrange(kept: Map<string, Row<Item>>): void {
		let next = this.container.firstElementChild;
		for (const { element } of kept.values()) {
			if (element === next) next = next.nextElementSibling;
			else this.container.insertBefore(element, next);
		}
	}
}
