import { randomBytes } from 'node:crypto';
import type { CreatedSipDevice, CreateSipDeviceRequest, SipDevice } from '@dialplane/calling-api';
import type { Store } from '@dialplane/store';
import { done, refusal, type Answer } from '../administration/answer.ts';
import { digestSecrets, type DigestSecrets } from './digest-secrets.ts';

interface DeviceEntry {
  readonly device: SipDevice;
  readonly secrets: DigestSecrets;
}

const maxDevices = 10_000;
const maxDevicesOfUser = 20;

/** The credentials of SIP phones, held in memory: every REGISTER asks for some. Passwords are not kept, only what they are verified by. */
export class DeviceBook {
  /** Of challenges and of all secrets; a device that was made for another realm is not known. */
  readonly realm: string;
  readonly #store: Store;
  readonly #now: () => number;
  readonly #devices: Map<string, DeviceEntry>;

  private constructor(store: Store, realm: string, now: () => number, devices: Map<string, DeviceEntry>) {
    this.realm = realm;
    this.#store = store;
    this.#now = now;
    this.#devices = devices;
  }

  static async open(store: Store, realm: string, now: () => number): Promise<DeviceBook> {
    const rows = await store.database.selectFrom('sip_device').selectAll().where('realm', '=', realm).orderBy('username').execute();
    const entries = rows.map((row): [string, DeviceEntry] => [row.username, {
      device: {
        username: row.username, identifier: row.identifier, realm: row.realm, createdAt: new Date(row.created_at).toISOString(),
        ...(row.display_name !== null && { displayName: row.display_name }),
      },
      secrets: JSON.parse(row.secrets) as DigestSecrets,
    }]);
    return new DeviceBook(store, realm, now, new Map(entries));
  }

  get(username: string): DeviceEntry | undefined {
    return this.#devices.get(username);
  }

  list(): readonly SipDevice[] {
    return [...this.#devices.values()].map(({ device }) => device);
  }

  /** Makes credentials with a password that nobody can guess and that is told only here. */
  async create({ identifier, displayName, username = randomName() }: CreateSipDeviceRequest): Promise<Answer<CreatedSipDevice>> {
    if (!identifier.startsWith('8:')) return refusal('REQUEST_INVALID', 'SIP phones belong to users: identifier begins with 8:.', 'body.identifier');
    if (this.#devices.has(username)) return refusal('DEVICE_EXISTS', undefined, 'body.username');
    const ofUser = this.list().filter((device) => device.identifier === identifier).length;
    if (ofUser >= maxDevicesOfUser) return refusal('TELEPHONY_LIMIT', `A user has ${maxDevicesOfUser} SIP phones at most; delete one first.`, 'body.identifier');
    if (this.#devices.size >= maxDevices) return refusal('TELEPHONY_LIMIT', `There are ${maxDevices} SIP phones, which is as many as there can be.`);
    const password = randomBytes(18).toString('base64url');
    const secrets = digestSecrets(username, this.realm, password);
    const createdAt = this.#now();
    await this.#store.write([this.#store.database.insertInto('sip_device').values({
      username, identifier, display_name: displayName ?? null, realm: this.realm, secrets: JSON.stringify(secrets), created_at: createdAt,
    })], 'powerLoss');
    const device: SipDevice = { username, identifier, realm: this.realm, createdAt: new Date(createdAt).toISOString(), ...(displayName !== undefined && { displayName }) };
    this.#devices.set(username, { device, secrets });
    return done({ ...device, password });
  }

  async delete(username: string): Promise<Answer<undefined>> {
    if (!this.#devices.has(username)) return refusal('DEVICE_NOT_FOUND');
    await this.#store.write([this.#store.database.deleteFrom('sip_device').where('username', '=', username)], 'powerLoss');
    this.#devices.delete(username);
    return done(undefined);
  }

  /** Deletes the phones of a user who is deleted. */
  async deleteOf(identifier: string): Promise<void> {
    await this.#store.write([this.#store.database.deleteFrom('sip_device').where('identifier', '=', identifier)], 'powerLoss');
    for (const [username, { device }] of this.#devices) if (device.identifier === identifier) this.#devices.delete(username);
  }
}

/** Short enough to type: phones have no keyboards. */
function randomName(): string {
  return `phone-${randomBytes(4).toString('hex')}`;
}
