import { isIP } from 'node:net';
import type { PutTrunkRequest } from '@dialplane/calling-api';
import type { Statement, Store } from '@dialplane/store';
import { done, refusal, type Answer } from '../administration/answer.ts';
import type { DigestSecrets } from '../devices/digest-secrets.ts';
import { AddressRanges } from './address-ranges.ts';
import { wholeProfile } from './trunk-presets.ts';
import { trunkOf, type TrunkEntry, type TrunkSettings } from './trunk-settings.ts';

/** Where a request came from, as its transport has seen it. */
export interface TrunkSource {
  readonly transport: 'udp' | 'tcp' | 'tls';
  readonly address: string;
  readonly port: number;
  /** Names in the verified certificate of the peer (RFC 5922 §7.1). */
  readonly tlsNames: readonly string[];
}

interface IndexedTrunk extends TrunkEntry {
  readonly ranges: AddressRanges;
}

const maxTrunks = 1000;

/** All trunks, held in memory: routing and the edge ask for them with every call. A change takes effect once it is stored. */
export class TrunkBook {
  readonly #store: Store;
  readonly #realm: string;
  readonly #now: () => number;
  readonly #trunks: Map<string, IndexedTrunk>;
  readonly #listeners = new Set<(name: string) => void>();

  private constructor(store: Store, realm: string, now: () => number, trunks: Map<string, IndexedTrunk>) {
    this.#store = store;
    this.#realm = realm;
    this.#now = now;
    this.#trunks = trunks;
  }

  /** @param realm of digests that trunks are asked for. */
  static async open(store: Store, realm: string, now: () => number): Promise<TrunkBook> {
    const rows = await store.database.selectFrom('telephone_trunk').selectAll().orderBy('name').execute();
    const entries = rows.map((row): [string, IndexedTrunk] => [row.name, indexed({
      settings: settingsIn(row.settings),
      secrets: { ...(row.secret !== null && { password: row.secret }), ...(row.digest_secrets !== null && { digest: JSON.parse(row.digest_secrets) as DigestSecrets }) },
    })]);
    return new TrunkBook(store, realm, now, new Map(entries));
  }

  get size(): number {
    return this.#trunks.size;
  }

  has(name: string): boolean {
    return this.#trunks.has(name);
  }

  get(name: string): TrunkSettings | undefined {
    return this.#trunks.get(name)?.settings;
  }

  /** Username and password for the carrier's challenges. */
  credentials(name: string): { readonly username: string; readonly password: string } | undefined {
    const entry = this.#trunks.get(name);
    const username = entry?.settings.credentials?.username;
    const password = entry?.secrets.password;
    return username === undefined || password === undefined ? undefined : { username, password };
  }

  list(): readonly TrunkEntry[] {
    return [...this.#trunks.values()];
  }

  /** Told the name of each trunk that was added, changed or deleted. */
  onChange(listener: (name: string) => void): void {
    this.#listeners.add(listener);
  }

  /** Which trunk a source is, by certificate, then by address. What comes without TLS is never of a trunk that has it. */
  ofSource({ transport, address, port, tlsNames }: TrunkSource): string | undefined {
    const enabled = [...this.#trunks.values()].filter(({ settings }) => settings.isEnabled);
    const named = transport === 'tls' ? enabled.find(({ settings }) => settings.admission.tlsNames.some((name) => tlsNames.includes(name))) : undefined;
    if (named !== undefined) return named.settings.name;
    const here = enabled.filter(({ ranges, settings }) => ranges.has(address) && (settings.transport !== 'tls' || transport === 'tls'));
    const exact = here.find(({ settings }) => settings.port === port);
    // On this machine all have one address, so that only the port tells them apart.
    if (exact !== undefined || isLoopback(address)) return exact?.settings.name;
    return here[0]?.settings.name;
  }

  /** The trunk that signs with this username. */
  ofUsername(username: string): { readonly name: string; readonly secrets: DigestSecrets } | undefined {
    for (const { settings, secrets } of this.#trunks.values()) {
      if (settings.isEnabled && settings.admission.digest?.username === username && secrets.digest !== undefined) return { name: settings.name, secrets: secrets.digest };
    }
    return undefined;
  }

  async put(name: string, request: PutTrunkRequest): Promise<Answer<TrunkSettings>> {
    const made = this.make(name, request);
    if (!made.ok) return made;
    await this.#store.write(this.statements([made.value]), 'powerLoss');
    this.adopt([made.value], []);
    return done(made.value.settings);
  }

  /** What {@link put} would make of a request, with nothing stored. */
  make(name: string, request: PutTrunkRequest): Answer<TrunkEntry> {
    const lower = name.toLowerCase();
    const before = this.#trunks.get(lower);
    if (before === undefined && this.#trunks.size >= maxTrunks) return refusal('TELEPHONY_LIMIT', `There are ${maxTrunks} trunks, which is as many as there can be.`);
    const username = request.admission?.digest?.username;
    const other = username === undefined ? undefined : [...this.#trunks.values()].find(({ settings }) => settings.name !== lower && settings.admission.digest?.username === username);
    if (other !== undefined) return refusal('REQUEST_INVALID', `Trunk ${other.settings.name} signs with username ${username} already.`, 'body.admission.digest.username');
    return trunkOf(lower, request, before, this.#realm);
  }

  /** The trunk on another port, or a new one as the preset has it; nothing is stored. */
  withPort(name: string, port: number): Answer<TrunkEntry> {
    const before = this.#trunks.get(name);
    return before === undefined ? this.make(name, { port }) : done({ settings: { ...before.settings, port }, secrets: before.secrets });
  }

  async delete(name: string): Promise<Answer<undefined>> {
    if (!this.#trunks.has(name)) return refusal('TRUNK_NOT_FOUND');
    await this.#store.write(this.deletions([name]), 'powerLoss');
    this.adopt([], [name]);
    return done(undefined);
  }

  /** That store trunks, for a batch with others. */
  statements(entries: readonly TrunkEntry[]): readonly Statement[] {
    return entries.map(({ settings, secrets }) => {
      const values = {
        settings: JSON.stringify(settings), secret: secrets.password ?? null, digest_username: settings.admission.digest?.username ?? null,
        digest_secrets: secrets.digest === undefined ? null : JSON.stringify(secrets.digest),
      };
      return this.#store.database.insertInto('telephone_trunk').values({ name: settings.name, created_at: this.#now(), ...values })
        .onConflict((conflict) => conflict.column('name').doUpdateSet(values));
    });
  }

  deletions(names: readonly string[]): readonly Statement[] {
    return names.map((name) => this.#store.database.deleteFrom('telephone_trunk').where('name', '=', name));
  }

  /** Takes over what a batch has stored. */
  adopt(changed: readonly TrunkEntry[], deleted: readonly string[]): void {
    for (const entry of changed) this.#trunks.set(entry.settings.name, indexed(entry));
    for (const name of deleted) this.#trunks.delete(name);
    for (const name of [...changed.map(({ settings }) => settings.name), ...deleted]) for (const listener of this.#listeners) listener(name);
  }
}

function settingsIn(stored: string): TrunkSettings {
  const settings = JSON.parse(stored) as TrunkSettings;
  return { ...settings, profile: wholeProfile(settings.profile) };
}

function indexed(entry: TrunkEntry): IndexedTrunk {
  const { addresses, admission } = entry.settings;
  return { ...entry, ranges: new AddressRanges([...admission.addresses, ...addresses.filter((address) => isIP(address) !== 0)]) };
}

function isLoopback(address: string): boolean {
  return address === '::1' || /^(?:::ffff:)?127\./.test(address);
}
