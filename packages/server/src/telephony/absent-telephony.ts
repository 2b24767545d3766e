import type { LineEvent, TelephoneControl } from '@dialplane/telephony-api';

/** Stands where there is no telephony: says why. @param reason A sentence that says what to do. */
export function absentTelephony(reason: string): TelephoneControl {
  const listeners: Array<(event: LineEvent) => void> = [];
  return {
    absence: () => reason,
    devicesOf: () => [],
    onDevice: () => undefined,
    onEvent: (listener) => void listeners.push(listener),
    send: (command) => {
      if (command.kind !== 'dial') return;
      const ended: LineEvent = { kind: 'ended', lineId: command.lineId, end: { by: 'local', refusal: 'NO_TRUNK', sentence: reason } };
      queueMicrotask(() => listeners.forEach((listener) => listener(ended)));
    },
  };
}
