import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

/**
 * Names a call that waits for an application's word, in a string that only we can make: `base64url(lineId).signature`. Its key lives as long as the process, as do the calls.
 */
export class IncomingCallContexts {
  readonly #key = randomBytes(32);

  write(lineId: string): string {
    const name = Buffer.from(lineId).toString('base64url');
    return `${name}.${this.#sign(name).toString('base64url')}`;
  }

  /** The line, or `undefined` for what is not one of ours. */
  read(context: string): string | undefined {
    const [name = '', signature = '', ...rest] = context.split('.');
    const given = Buffer.from(signature, 'base64url');
    const expected = this.#sign(name);
    const isOurs = rest.length === 0 && given.length === expected.length && timingSafeEqual(given, expected);
    return isOurs ? Buffer.from(name, 'base64url').toString() : undefined;
  }

  #sign(name: string): Buffer {
    return createHmac('sha256', this.#key).update(name).digest();
  }
}
