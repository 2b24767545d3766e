import type { DeviceBook } from '../devices/device-book.ts';
import type { DigestSecrets } from '../devices/digest-secrets.ts';
import type { TrunkBook, TrunkSource } from '../trunks/trunk-book.ts';

/** What the SIP edge asks about trunks and telephones; answered at once, from memory. */
export interface EdgeDirectory {
  /** The realm of challenges, and of every secret. */
  readonly realm: string;
  /** The trunk that a source belongs to by its certificate or address. */
  trunkOf(source: TrunkSource): { readonly trunkId: string } | undefined;
  /** The trunk that signs its requests with this user name. */
  trunkOfUsername(username: string): { readonly trunkId: string; readonly secrets: DigestSecrets } | undefined;
  /** The telephone that registers with this user name. */
  deviceOf(username: string): { readonly identifier: string; readonly secrets: DigestSecrets } | undefined;
}

/** A trunk's id is its name. */
export function edgeDirectory(trunks: TrunkBook, devices: DeviceBook): EdgeDirectory {
  return {
    realm: devices.realm,
    trunkOf: (source) => {
      const trunkId = trunks.ofSource(source);
      return trunkId === undefined ? undefined : { trunkId };
    },
    trunkOfUsername: (username) => {
      const found = trunks.ofUsername(username);
      return found === undefined ? undefined : { trunkId: found.name, secrets: found.secrets };
    },
    deviceOf: (username) => {
      const entry = devices.get(username);
      return entry === undefined ? undefined : { identifier: entry.device.identifier, secrets: entry.secrets };
    },
  };
}
