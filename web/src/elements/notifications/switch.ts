/** Switches a browser's notifications on and off: what the browser allows, what it subscribed to, what the service knows. */

import { base64, fromBase64 } from "../../crypto/bytes";
import { pause } from "../../lib/backoff";
import type { Http } from "../../lib/http";

export type NotificationsState = "unsupported" | "blocked" | "no-device" | "unreachable" | "off" | "on";

/** The browser's side. `null`: it has no notifications, or no service worker. */
export interface BrowserSide {
	permission(): NotificationPermission;
	ask(): Promise<NotificationPermission>;
	registration(): Promise<Pick<ServiceWorkerRegistration, "pushManager">>;
}

type Service = Pick<Http, "get" | "post" | "delete">;

const READY_MS = 10_000;
const PATH = "/api/v1/push";

export function thisBrowser(): BrowserSide | null {
	const able = "serviceWorker" in navigator && "PushManager" in globalThis && "Notification" in globalThis;
	if (!able) return null;
	return {
		permission: () => Notification.permission,
		ask: () => Notification.requestPermission(),
		registration: () => Promise.race([navigator.serviceWorker.ready, soon()]),
	};
}

/** Where the service worker was refused, `ready` never comes. */
async function soon(): Promise<never> {
	await pause(READY_MS);
	throw new DOMException("no service worker", "TimeoutError");
}

export class NotificationSwitch {
	constructor(
		private readonly service: Service,
		private readonly browser: BrowserSide | null,
	) {}

	async state(): Promise<NotificationsState> {
		if (!this.browser) return "unsupported";
		if (this.browser.permission() === "denied") return "blocked";
		try {
			const { device, subscribed } = await this.service.get<{ device: boolean; subscribed: boolean }>(PATH);
			if (!device) return "no-device";
			// On is only what both sides know of: the browser drops a subscription by itself, or the service does.
			return subscribed && (await this.subscription()) ? "on" : "off";
		} catch {
			return "unreachable";
		}
	}

	/** Raises: DOMException when the push service cannot be reached; Problem; Unreachable. */
	async on(): Promise<NotificationsState> {
		if (!this.browser) return "unsupported";
		// Browsers ask only right after a click: nothing is awaited before.
		if ((await this.browser.ask()) !== "granted") return this.state();
		const { key } = await this.service.get<{ key: string }>(PATH);
		const { pushManager } = await this.browser.registration();
		const subscription = await subscribed(pushManager, fromBase64Url(key));
		await this.service.post(PATH, {
			endpoint: subscription.endpoint,
			p256dh: keyOf(subscription, "p256dh"),
			auth: keyOf(subscription, "auth"),
		});
		return this.state();
	}

	async off(): Promise<NotificationsState> {
		await this.service.delete(PATH);
		await (await this.subscription())?.unsubscribe();
		return this.state();
	}

	test(): Promise<void> {
		return this.service.post(`${PATH}/test`);
	}

	private async subscription(): Promise<PushSubscription | null> {
		const registration = await this.browser?.registration();
		return (await registration?.pushManager.getSubscription()) ?? null;
	}
}

/** A subscription under another key of the service, from before it was changed, is of no use. */
async function subscribed(manager: PushManager, key: Uint8Array<ArrayBuffer>): Promise<PushSubscription> {
	const options = { userVisibleOnly: true, applicationServerKey: key };
	try {
		return await manager.subscribe(options);
	} catch (error) {
		const old = error instanceof DOMException && error.name === "InvalidStateError";
		if (!old) throw error;
		await (await manager.getSubscription())?.unsubscribe();
		return manager.subscribe(options);
	}
}

function keyOf(subscription: PushSubscription, name: PushEncryptionKeyName): string {
	const key = subscription.getKey(name);
	if (!key) throw new DOMException("the subscription has no keys", "AbortError");
	return base64(new Uint8Array(key));
}

function fromBase64Url(text: string): Uint8Array<ArrayBuffer> {
	const standard = text.replaceAll("-", "+").replaceAll("_", "/");
	return fromBase64(standard.padEnd(Math.ceil(standard.length / 4) * 4, "="));
}
