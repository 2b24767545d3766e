import { createHmac, createSecretKey, type KeyObject, randomBytes, timingSafeEqual } from 'node:crypto';
import type { SipFlow } from '@dialplane/sip';
import type { Store } from '@dialplane/store';

/** What the edge writes of a dialog into its own Record-Route, and finds again in the Route of each request inside it. */
export interface RouteToken {
  /** The trunk that the dialog's peer outside is; `undefined` for a telephone of a user. */
  readonly trunkId: string | undefined;
  /** Over which the peer is reached where its Contact does not say: a telephone's, or that of whoever is behind NAT (RFC 5626 §5.1). */
  readonly flow: SipFlow | undefined;
}

const macLength = 16;
const secretLength = 32;
/** Dialogs of which the token is remembered, so that the next request inside costs no hash. */
const rememberedTokens = 8192;

/**
 * Tokens that are the user part of the edge's Record-Route URIs: signed together with the Call-ID. Whoever has one is in the dialog, so requests inside dialogs are admitted from
 * wherever a carrier sends them, and nothing has to be kept of a dialog, over a restart either.
 */
export class RouteTokens {
  private secret: KeyObject = createSecretKey(randomBytes(secretLength));
  private readonly remembered = new Map<string, RouteToken>();

  /** Takes the secret that the store has, or gives it one: dialogs outlive a restart. */
  async load(store: Store): Promise<void> {
    const { database } = store;
    const name = 'route';
    await store.write([database.insertInto('sip_secret').values({ name, secret: randomBytes(secretLength) }).onConflict((conflict) => conflict.doNothing())]);
    const row = await database.selectFrom('sip_secret').select('secret').where('name', '=', name).executeTakeFirstOrThrow();
    this.secret = createSecretKey(row.secret);
  }

  write({ trunkId, flow }: RouteToken, sipCallId: string): string {
    const fields = [trunkId ?? '', ...(flow === undefined ? [] : [flow.transport, flow.remote.address, flow.remote.port, flow.local.address, flow.local.port, flow.connectionId ?? ''])];
    const body = Buffer.from(fields.join('\n')).toString('base64url');
    const token = `${body}.${this.sign(body, sipCallId)}`;
    this.remember(`${token} ${sipCallId}`, { trunkId, flow });
    return token;
  }

  /** `undefined` for what is none of ours, or of another dialog. */
  read(text: string, sipCallId: string): RouteToken | undefined {
    const key = `${text} ${sipCallId}`;
    const known = this.remembered.get(key);
    if (known !== undefined) return known;
    const dot = text.indexOf('.');
    const body = text.slice(0, Math.max(0, dot));
    const [given, right] = [Buffer.from(text.slice(dot + 1)), Buffer.from(this.sign(body, sipCallId))];
    if (dot < 0 || given.length !== right.length || !timingSafeEqual(given, right)) return undefined;
    const [trunkId = '', transport, address = '', port, localAddress = '', localPort, connectionId = ''] = Buffer.from(body, 'base64url').toString().split('\n');
    const flow = transport === undefined ? undefined : flowOf(transport, { address, port }, { address: localAddress, port: localPort }, connectionId);
    const token: RouteToken = { trunkId: trunkId === '' ? undefined : trunkId, flow };
    this.remember(key, token);
    return token;
  }

  private remember(key: string, token: RouteToken): void {
    if (this.remembered.size >= rememberedTokens) this.remembered.clear();
    this.remembered.set(key, token);
  }

  private sign(body: string, sipCallId: string): string {
    return createHmac('sha256', this.secret).update(`${body}\n${sipCallId}`).digest('base64url').slice(0, macLength);
  }
}

interface WrittenAddress {
  readonly address: string;
  readonly port: string | undefined;
}

function flowOf(transport: string, remote: WrittenAddress, local: WrittenAddress, connectionId: string): SipFlow {
  return {
    transport: transport === 'tcp' || transport === 'tls' ? transport : 'udp',
    remote: { address: remote.address, port: Number(remote.port) },
    local: { address: local.address, port: Number(local.port) },
    ...(connectionId !== '' && { connectionId: Number(connectionId) }),
  };
}
