/** The service worker. It keeps built files, whose names carry their hash, and one page for when there is no connection;
 *  it shows that something is new. It never keeps a page or an answer of the service: what is personal passes it by.
 *
 *  One file without imports that others share: it is built under a fixed name (`build/service-worker.ts`). */

import { isAsset, isPage, outdated, words } from "./service-worker/rules";

/** What the build put in: its version, every built file, and what the offline page needs. */
declare const __MEDICUS_BUILD__: { version: string; offline: string[] };

interface Extendable extends Event {
	waitUntil(work: Promise<unknown>): void;
}
interface Fetching extends Extendable {
	request: Request;
	preloadResponse: Promise<Response | undefined>;
	respondWith(answer: Promise<Response>): void;
}
interface Clicked extends Extendable {
	notification: Notification;
}
interface WindowClient {
	url: string;
	focused: boolean;
	focus(): Promise<unknown>;
}
interface Scope {
	registration: ServiceWorkerRegistration;
	clients: {
		claim(): Promise<void>;
		matchAll(options: { type: "window"; includeUncontrolled: boolean }): Promise<WindowClient[]>;
		openWindow(url: string): Promise<unknown>;
	};
	skipWaiting(): Promise<void>;
	addEventListener(type: "install" | "activate" | "push", listener: (event: Extendable) => void): void;
	addEventListener(type: "fetch", listener: (event: Fetching) => void): void;
	addEventListener(type: "notificationclick", listener: (event: Clicked) => void): void;
}

const scope = globalThis as unknown as Scope;
const BASE = "/static/web/";
const OFFLINE = `${BASE}offline.html`;
const ICON = `${location.origin}${BASE}icon.svg`;
const KEPT = `medicus-assets-${__MEDICUS_BUILD__.version}`;
const SETTINGS = "medicus-settings";

scope.addEventListener("install", (event) => event.waitUntil(install()));
scope.addEventListener("activate", (event) => event.waitUntil(activate()));
scope.addEventListener("push", (event) => event.waitUntil(tell()));
scope.addEventListener("notificationclick", (event) => {
	event.notification.close();
	event.waitUntil(openWorkList());
});
scope.addEventListener("fetch", (event) => {
	const { request } = event;
	if (isPage(request)) event.respondWith(page(event));
	else if (isAsset(request, location.origin)) event.respondWith(asset(request));
	else if (request.url === ICON) event.respondWith(icon(request));
});

async function install(): Promise<void> {
	const cache = await caches.open(KEPT);
	await cache.addAll(
		__MEDICUS_BUILD__.offline.map((name) => new Request(BASE + name, { cache: "no-cache" })),
	);
	// Names carry hashes, so a page of an earlier build gets its own files from this worker, too.
	await scope.skipWaiting();
}

async function activate(): Promise<void> {
	for (const name of outdated(await caches.keys(), KEPT)) await caches.delete(name);
	await scope.registration.navigationPreload?.enable();
	await scope.clients.claim();
}

/** From the service, always; only without any answer the one page that says so. */
async function page(event: Fetching): Promise<Response> {
	try {
		return (await event.preloadResponse) ?? (await fetch(event.request));
	} catch (error) {
		const offline = await caches.match(OFFLINE, { cacheName: KEPT });
		if (offline) return offline;
		throw error;
	}
}

/** Its name has no hash: the service's comes first, and the kept one is for the offline page. */
async function icon(request: Request): Promise<Response> {
	return fetch(request).catch(async (error) => {
		const kept = await caches.match(ICON, { cacheName: KEPT });
		if (kept) return kept;
		throw error;
	});
}

async function asset(request: Request): Promise<Response> {
	const known = await caches.match(request.url);
	if (known) return known;
	const answer = await fetch(request);
	// A partial or an opaque answer is not the file.
	if (answer.status === 200 && answer.type === "basic") {
		const cache = await caches.open(KEPT);
		// A full disk is no reason to show nothing.
		await cache.put(request.url, answer.clone()).catch(() => undefined);
	}
	return answer;
}

/** What the call carries is not looked at: there is nothing in it. */
async function tell(): Promise<void> {
	const open = await scope.clients.matchAll({ type: "window", includeUncontrolled: true });
	if (open.some((client) => client.focused)) return;
	const told = await caches.match("/language", { cacheName: SETTINGS });
	const { lang, title, body } = words((await told?.text()) ?? navigator.language);
	const icon = `${BASE}icon-192.png`;
	const options = { lang, body, icon, badge: `${BASE}badge-96.png`, tag: "new", renotify: true };
	await scope.registration.showNotification(title, options);
}

async function openWorkList(): Promise<void> {
	const open = await scope.clients.matchAll({ type: "window", includeUncontrolled: true });
	const there = open.find(({ url }) => new URL(url).pathname === "/");
	await (there ? there.focus() : scope.clients.openWindow("/"));
}
