/** Every way the relay can fail to start: code -> sentence. */
export const relayErrors = {
  RELAY_ADDRESS_INVALID: 'A relay address or range is none. Write it as 192.0.2.1, 2001:db8::1 or 10.0.0.0/8.',
  RELAY_PORT_UNAVAILABLE: 'The relay cannot listen on one of its ports. Stop what uses it, or choose other ports.',
  RELAY_NO_ADDRESS: 'The relay found no address to listen on. Check the network of this machine, or name addresses.',
  RELAY_COUNTERS_UNWRITABLE: 'The relay cannot write the file of its live counters. Check the free space, the owner and the permissions of the data directory.',
  RELAY_FAILED: 'The relay did not start.',
} as const;

export type RelayErrorCode = keyof typeof relayErrors;

/** What this package throws when the world fails. `cause` is the error underneath. */
export class RelayError extends Error {
  override readonly name = 'RelayError';
  readonly code: RelayErrorCode;
  readonly detail: string | undefined;

  /** @param detail what exactly, appended to the table's sentence. */
  constructor(code: RelayErrorCode, detail?: string, cause?: unknown) {
    super(detail === undefined ? relayErrors[code] : `${relayErrors[code]} (${detail})`, { cause });
    this.code = code;
    this.detail = detail;
  }
}
