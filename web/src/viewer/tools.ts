import {
	addTool,
	Enums,
	init,
	PanTool,
	StackScrollTool,
	ToolGroupManager,
	WindowLevelTool,
	ZoomTool,
} from "@cornerstonejs/tools";

/** What dragging with the main button (or one finger) does. */
export type ToolName = "window" | "pan" | "zoom" | "scroll";

const { MouseBindings } = Enums;

const TOOLS = {
	window: WindowLevelTool,
	pan: PanTool,
	zoom: ZoomTool,
	scroll: StackScrollTool,
} satisfies Record<ToolName, { toolName: string }>;

/** Once per page, before the first element is enabled: Cornerstone tells tools about elements only at that moment. */
export function startTools(): void {
	init();
	for (const tool of Object.values(TOOLS)) addTool(tool);
}

/** The pointer's tools on one viewport: main button as chosen, middle moves, right zooms, the wheel scrolls frames
 *  (or zooms a single image), two fingers zoom and move. */
export class ToolBench {
	private readonly groupId: string;

	constructor(
		engineId: string,
		viewportId: string,
		private readonly scrolls: boolean,
	) {
		this.groupId = `${viewportId}-tools`;
		const group = ToolGroupManager.createToolGroup(this.groupId);
		for (const tool of Object.values(TOOLS)) group?.addTool(tool.toolName);
		group?.addViewport(viewportId, engineId);
		this.use("window");
	}

	use(chosen: ToolName): void {
		const group = ToolGroupManager.getToolGroup(this.groupId);
		for (const name of Object.keys(TOOLS) as ToolName[]) {
			const bindings = this.bindings(name, chosen);
			group?.setToolPassive(TOOLS[name].toolName, { removeAllBindings: true });
			if (bindings.length) group?.setToolActive(TOOLS[name].toolName, { bindings });
		}
	}

	private bindings(name: ToolName, chosen: ToolName): { mouseButton?: number; numTouchPoints?: number }[] {
		const fixed = {
			window: [],
			pan: [{ mouseButton: MouseBindings.Auxiliary }],
			zoom: [
				{ mouseButton: MouseBindings.Secondary },
				{ numTouchPoints: 2 },
				...(this.scrolls ? [] : [{ mouseButton: MouseBindings.Wheel }]),
			],
			scroll: this.scrolls ? [{ mouseButton: MouseBindings.Wheel }] : [],
		};
		return name === chosen ? [{ mouseButton: MouseBindings.Primary }, ...fixed[name]] : fixed[name];
	}

	close(): void {
		ToolGroupManager.destroyToolGroup(this.groupId);
	}
}
