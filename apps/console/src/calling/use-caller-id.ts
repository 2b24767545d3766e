import { useState } from 'react';
import { useQuery } from '../api/use-query.ts';
import { useSession } from '../session/use-session.tsx';
import { typedIdentifier } from '../text/person.ts';
import { rememberCallerId, rememberedCallerId } from './caller-id.ts';

/** The number that a telephone is shown, while it is being chosen. */
export interface CallerId {
  /** As it stands in the field. */
  readonly text: string;
  /** In E.164 form; undefined while the text is no number. */
  readonly number: string | undefined;
  /** The numbers of this server; only operators are told them. */
  readonly owned: readonly string[];
  readonly choose: (text: string) => void;
  /** Keeps the number for the next time. */
  readonly remember: () => void;
}

/** Begins with the number that was shown last, else with the first one that the server owns. */
export function useCallerId(): CallerId {
  const { operatorApi } = useSession();
  const numbers = useQuery(`owned numbers ${operatorApi !== undefined}`, async (signal) => (await operatorApi?.('listTelephoneNumbers', {}, signal))?.value ?? []);
  const [chosen, choose] = useState(rememberedCallerId);
  const owned = (numbers.value ?? []).map(({ number }) => number);
  const text = chosen ?? owned[0] ?? '';
  const identifier = typedIdentifier(text);
  const number = identifier?.startsWith('4:') === true ? identifier.slice('4:'.length) : undefined;
  return { text, number, owned, choose, remember: () => number !== undefined && rememberCallerId(number) };
}
