const signalPattern = /^Signal\s*=\s*([0-9*#A-Da-d]|1[0-5])\s*$/m;
const keysByNumber = '0123456789*#ABCD';

/** Body of an INFO that presses a key: `application/dtmf-relay`, the one form that all carriers which take INFO for keys know. */
export const dtmfRelayType = 'application/dtmf-relay';

/** @param key One of `0-9*#A-D`. */
export function dtmfRelayBody(key: string, durationMs: number): string {
  return `Signal=${key}\r\nDuration=${durationMs}\r\n`;
}

/** The key that an INFO presses, in the form of `application/dtmf-relay` or `application/dtmf`; `undefined` where it presses none. */
export function keyOfInfo(contentType: string, body: string): string | undefined {
  const type = contentType.split(';')[0]?.trim().toLowerCase();
  const signal = type === dtmfRelayType ? signalPattern.exec(body)?.[1] : type === 'application/dtmf' ? /^\s*([0-9*#A-Da-d]|1[0-5])\s*$/.exec(body)?.[1] : undefined;
  if (signal === undefined) return undefined;
  return signal.length === 2 ? keysByNumber[Number(signal)] : signal.toUpperCase();
}
