import { randomBytes, randomUUID } from 'node:crypto';
import type { Store } from '@dialplane/store';

/** One tenant: what Azure calls a Communication Services resource. Its users, keys and calls are its own. */
export interface Resource {
  /** GUID, lower case. */
  readonly id: string;
  readonly name: string;
  /** The hosts (`name` or `name:port`, lower case) by which it is reached. The one without any answers for all other hosts. */
  readonly hosts: readonly string[];
  /** Web origins whose pages may use it, or `*` alone. */
  readonly allowedOrigins: readonly string[];
}

export type AccessKeyName = 'primary' | 'secondary';

/** A key that signs requests (HMAC-SHA256). `id` is public and changes with the key. */
export interface AccessKey {
  readonly name: AccessKeyName;
  readonly id: string;
  /** Base64 of 32 random bytes. */
  readonly key: string;
}

interface ResourceEntry {
  readonly resource: Resource;
  readonly keys: readonly [AccessKey, AccessKey];
}

/** All resources, held in memory: there are few, and every request asks for one. */
export class Resources {
  readonly #store: Store;
  readonly #now: () => number;
  #entries: ReadonlyMap<string, ResourceEntry>;

  private constructor(store: Store, now: () => number, entries: ReadonlyMap<string, ResourceEntry>) {
    this.#store = store;
    this.#now = now;
    this.#entries = entries;
  }

  /** Loads them; the first start makes one that answers for every host and lets pages of every origin in. */
  static async open(store: Store, now: () => number): Promise<Resources> {
    const resources = new Resources(store, now, await loadEntries(store));
    if (resources.#entries.size === 0) await resources.create({ name: 'default', hosts: [], allowedOrigins: ['*'] });
    return resources;
  }

  list(): readonly Resource[] {
    return [...this.#entries.values()].map((entry) => entry.resource);
  }

  get(resourceId: string): Resource | undefined {
    return this.#entries.get(resourceId)?.resource;
  }

  /** The resource that answers for hosts nobody claimed; where all have hosts, the oldest. */
  get default(): Resource {
    const all = this.list();
    const found = all.find((resource) => resource.hosts.length === 0) ?? all[0];
    if (found === undefined) throw new Error('invariant: there is always a resource');
    return found;
  }

  /** The resource addressed by a Host header (RFC 9110 §7.2); `undefined` when there is none for this host. */
  forHost(host: string | undefined): Resource | undefined {
    const all = this.list();
    const wanted = host?.toLowerCase();
    return all.find((resource) => wanted !== undefined && resource.hosts.includes(wanted)) ?? all.find((resource) => resource.hosts.length === 0);
  }

  /** Both keys, the primary first. Throws for an unknown resource. */
  accessKeys(resourceId: string): readonly [AccessKey, AccessKey] {
    return this.#entry(resourceId).keys;
  }

  /** Whether a key of this id is one of the two that are valid now. */
  isCurrentKey(resourceId: string, keyId: string): boolean {
    return this.#entries.get(resourceId)?.keys.some((key) => key.id === keyId) ?? false;
  }

  /** Makes a resource with fresh keys. At most one may be without hosts; a host belongs to one resource (`STORE_CONFLICT`). */
  async create(definition: Omit<Resource, 'id'>): Promise<Resource> {
    if (definition.hosts.length === 0 && this.list().some((resource) => resource.hosts.length === 0)) {
      throw new RangeError('There is a resource without hosts already; give this one at least one host.');
    }
    const resource: Resource = { id: randomUUID(), name: definition.name, hosts: definition.hosts.map((host) => host.toLowerCase()), allowedOrigins: [...definition.allowedOrigins] };
    const primary = newAccessKey('primary');
    const secondary = newAccessKey('secondary');
    await this.#store.write(
      [
        this.#store.database.insertInto('resource').values({
          id: resource.id, name: resource.name, allowed_origins: JSON.stringify(resource.allowedOrigins), created_at: this.#now(),
          primary_key: primary.key, primary_key_id: primary.id, secondary_key: secondary.key, secondary_key_id: secondary.id,
        }),
        ...resource.hosts.map((host) => this.#store.database.insertInto('resource_host').values({ host, resource_id: resource.id })),
      ],
      'powerLoss',
    );
    this.#replace({ resource, keys: [primary, secondary] });
    return resource;
  }

  async setAllowedOrigins(resourceId: string, allowedOrigins: readonly string[]): Promise<void> {
    const { resource, keys } = this.#entry(resourceId);
    await this.#store.write([this.#store.database.updateTable('resource').set({ allowed_origins: JSON.stringify(allowedOrigins) }).where('id', '=', resourceId)]);
    this.#replace({ resource: { ...resource, allowedOrigins: [...allowedOrigins] }, keys });
  }

  /** Replaces one key. Requests signed with the old one are refused from then on, and so are tokens issued by them. */
  async rotateKey(resourceId: string, name: AccessKeyName): Promise<AccessKey> {
    const fresh = newAccessKey(name);
    const columns = name === 'primary' ? { primary_key: fresh.key, primary_key_id: fresh.id } : { secondary_key: fresh.key, secondary_key_id: fresh.id };
    await this.#store.write([this.#store.database.updateTable('resource').set(columns).where('id', '=', resourceId)], 'powerLoss');
    const { resource, keys } = this.#entry(resourceId);
    this.#replace({ resource, keys: name === 'primary' ? [fresh, keys[1]] : [keys[0], fresh] });
    return fresh;
  }

  #entry(resourceId: string): ResourceEntry {
    const entry = this.#entries.get(resourceId);
    if (entry === undefined) throw new RangeError(`There is no resource ${resourceId}.`);
    return entry;
  }

  #replace(entry: ResourceEntry): void {
    this.#entries = new Map(this.#entries).set(entry.resource.id, entry);
  }
}

/** Whether a page of `origin` may use the resource; `origin` as browsers send it (RFC 6454 §7). */
export function isOriginAllowed(resource: Resource, origin: string): boolean {
  return resource.allowedOrigins.includes('*') || resource.allowedOrigins.includes(origin);
}

/** What an application is configured with, as Azure writes it. */
export function connectionString(endpoint: string, key: AccessKey): string {
  return `endpoint=${endpoint.replace(/\/$/, '')}/;accesskey=${key.key}`;
}

function newAccessKey(name: AccessKeyName): AccessKey {
  return { name, id: randomBytes(8).toString('base64url'), key: randomBytes(32).toString('base64') };
}

async function loadEntries(store: Store): Promise<ReadonlyMap<string, ResourceEntry>> {
  const rows = await store.database.selectFrom('resource').selectAll().orderBy('created_at').execute();
  const hosts = await store.database.selectFrom('resource_host').selectAll().execute();
  return new Map(
    rows.map((row) => [
      row.id,
      {
        resource: {
          id: row.id,
          name: row.name,
          hosts: hosts.filter((host) => host.resource_id === row.id).map((host) => host.host),
          allowedOrigins: JSON.parse(row.allowed_origins) as readonly string[],
        },
        keys: [
          { name: 'primary', id: row.primary_key_id, key: row.primary_key },
          { name: 'secondary', id: row.secondary_key_id, key: row.secondary_key },
        ],
      },
    ]),
  );
}
