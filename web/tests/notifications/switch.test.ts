import { beforeEach, expect, test } from "vitest";
import { type BrowserSide, NotificationSwitch } from "../../src/elements/notifications/switch";
import { Unreachable } from "../../src/lib/http";

/** A browser's push manager and the service, as far as a subscription goes. */
class World {
	permission: NotificationPermission = "default";
	answer: NotificationPermission = "granted";
	held: { endpoint: string } | null = null;
	known: Record<string, string> | null = null;
	failure: Error | null = null;
	otherKey = false;
	device = true;
	readonly log: string[] = [];

	get browser(): BrowserSide {
		const subscription = () => ({
			endpoint: "https://push.example/1",
			getKey: (name: string) => new Uint8Array(name === "auth" ? 16 : 65).buffer,
			unsubscribe: async () => {
				this.held = null;
				this.otherKey = false;
				return true;
			},
		});
		const pushManager = {
			getSubscription: async () => (this.held ? subscription() : null),
			subscribe: async (options: PushSubscriptionOptionsInit) => {
				if (this.otherKey) throw new DOMException("", "InvalidStateError");
				this.log.push(`subscribe ${(options.applicationServerKey as Uint8Array).length}`);
				this.held = { endpoint: "https://push.example/1" };
				return subscription();
			},
		} as unknown as PushManager;
		return {
			permission: () => this.permission,
			ask: async () => {
				this.permission = this.answer;
				return this.answer;
			},
			registration: async () => ({ pushManager }),
		};
	}

	readonly service = {
		get: async <T>() => {
			if (this.failure) throw this.failure;
			return { key: "A".repeat(87), device: this.device, subscribed: this.known !== null } as T;
		},
		post: async <T>(path: string, body: unknown = {}) => {
			this.log.push(path);
			if (!path.endsWith("/test")) this.known = body as Record<string, string>;
			return undefined as T;
		},
		delete: async () => {
			this.known = null;
		},
	};
}

let world: World;
let control: NotificationSwitch;

beforeEach(() => {
	world = new World();
	control = new NotificationSwitch(world.service, world.browser);
});

test("is off until somebody switches it on", async () => {
	expect(await control.state()).toBe("off");
	expect(await control.on()).toBe("on");
	expect(world.log[0]).toBe("subscribe 65");
	expect(Object.keys(world.known ?? {})).toEqual(["endpoint", "p256dh", "auth"]);
	expect(await control.off()).toBe("off");
	expect([world.known, world.held]).toEqual([null, null]);
});

test("says when the browser cannot, or somebody blocked it", async () => {
	expect(await new NotificationSwitch(world.service, null).state()).toBe("unsupported");
	world.answer = "denied";
	expect(await control.on()).toBe("blocked");
	expect(world.known).toBeNull();
});

test("a question that was put away leaves it off", async () => {
	world.answer = "default";
	expect(await control.on()).toBe("off");
	expect(world.held).toBeNull();
});

test("is off when one side has forgotten it", async () => {
	await control.on();
	world.held = null;
	expect(await control.state()).toBe("off");
	await control.on();
	world.known = null;
	expect(await control.state()).toBe("off");
});

test("tells a browser that is no device yet from a service that is away", async () => {
	world.device = false;
	expect(await control.state()).toBe("no-device");
	world.failure = new Unreachable("away");
	expect(await control.state()).toBe("unreachable");
});

test("subscribes anew when the service has another key than before", async () => {
	world.otherKey = true;
	world.held = { endpoint: "https://push.example/old" };
	expect(await control.on()).toBe("on");
	expect(world.log.filter((one) => one.startsWith("subscribe"))).toHaveLength(1);
});

test("sends a test through the service", async () => {
	await control.test();
	expect(world.log).toEqual(["/api/v1/push/test"]);
});
