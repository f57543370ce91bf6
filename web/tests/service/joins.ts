/** Browsers that ask to become a device: the test service's side of it. */

import * as pkijs from "pkijs";
import { base64, fromBase64 } from "../../src/crypto/bytes";
import { newId } from "../../src/crypto/ids";
import { Refusal } from "./messaging";
import type { Join, Session, World } from "./world";

type Json = Record<string, unknown>;

export class Joins {
	/** What the service delivers in place of what was asked: an attack. */
	tamper: (asked: Json) => Json = (asked) => asked;

	constructor(private readonly world: World) {}

	ask({ person, token }: Session, asked: Json): unknown {
		const expiresAt = new Date(Date.now() + 600_000).toISOString();
		const join = { id: newId(), personId: person.id, token, state: "waiting", asked, expiresAt };
		this.world.joins.set(join.id, join);
		return this.view(join);
	}

	read(session: Session, id: string): unknown {
		return this.view(this.own(session, id));
	}

	end(session: Session, id: string, state: string): void {
		this.open(session, id).state = state;
	}

	async approve(session: Session, joinId: string, body: Json): Promise<unknown> {
		const join = this.open(session, joinId);
		const { person } = session;
		const id = String(join.asked.device_id);
		const certificate = fromBase64(String(body.certificate));
		const chain = [certificate, person.identity?.certificate ?? certificate];
		chain.push(person.hospital.organisation.der, this.world.root.der);
		const publicKey = await pkijs.Certificate.fromBER(certificate).getPublicKey();
		const device = { id, person, chain, publicKey, revokedAt: null, keyPackages: [], nonce: null };
		this.world.devices.set(id, device);
		join.state = "approved";
		return { id };
	}

	private own({ person }: Session, id: string): Join {
		const join = this.world.joins.get(id);
		if (join?.personId !== person.id) throw new Refusal(404, "not-found");
		return join;
	}

	private open(session: Session, id: string): Join {
		const join = this.own(session, id);
		if (join.state !== "waiting") throw new Refusal(409, "join-over");
		return join;
	}

	private view({ id, state, asked, expiresAt }: Join): unknown {
		const { chain } = this.world.devices.get(String(asked.device_id)) ?? { chain: [] };
		const keys = this.tamper(asked);
		return { id, state, expires_at: expiresAt, chain: chain.map(base64), has_backup_key: false, ...keys };
	}
}
