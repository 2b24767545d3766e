import type { TelephonyBooks } from '@dialplane/telephony';
import type { TelephonyPart } from './open-telephony.ts';

/** What a person is told of telephony. */
export type TelephonySummary =
  | { readonly kind: 'absent'; /** Why, and what to do. */ readonly reason: string }
  | {
      readonly kind: 'running';
      readonly port: number;
      readonly tlsPort: number | undefined;
      /** SIP phones that are registered now. */
      readonly phones: number;
      readonly trunks: ReadonlyArray<{ readonly name: string; readonly state: string; readonly reason: string | undefined }>;
      /** Why nobody can be called all the same. */
      readonly absence: string | undefined;
    };

export function telephonySummary({ edge, control }: Pick<TelephonyPart, 'edge' | 'control'>, { desk }: Pick<TelephonyBooks, 'desk'>): TelephonySummary {
  const absence = control.absence();
  if (edge === undefined) return { kind: 'absent', reason: absence ?? 'There is no telephony.' };
  const { port, tlsPort, bindings } = edge.status();
  const trunks = desk.trunks().value.map(({ name, health: { state, reason } }) => ({ name, state, reason }));
  return { kind: 'running', port, tlsPort, phones: bindings, trunks, absence };
}
