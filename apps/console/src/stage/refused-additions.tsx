import type { Call, RemoteParticipant } from '@dialplane/calling';
import { Button, MessageBar, MessageBarActions, MessageBarBody } from '@fluentui/react-components';
import { DismissRegular } from '@fluentui/react-icons/svg/dismiss';
import { useEffect, useState, type ReactNode } from 'react';
import { nameOf } from '../calling/identifier.ts';

interface Refusal {
  readonly key: number;
  readonly name: string;
  readonly sentence: string;
  readonly code: string;
}

/** Who was added from here and did not come, with the reason, until it is dismissed. */
export function RefusedAdditions({ call }: { readonly call: Call }): ReactNode {
  const [refusals, setRefusals] = useState<readonly Refusal[]>([]);
  useEffect(() => {
    let count = 0;
    const note = ({ removed }: { readonly removed: readonly RemoteParticipant[] }): void => {
      const refused = removed.flatMap((participant): Refusal[] => {
        const { callEndReason } = participant;
        if (callEndReason === undefined || callEndReason.code === 0) return [];
        count += 1;
        return [{ key: count, name: nameOf(participant), sentence: callEndReason.message ?? 'They could not be reached.', code: `${callEndReason.code}/${callEndReason.subCode}` }];
      });
      if (refused.length > 0) setRefusals((old) => [...old, ...refused].slice(-3));
    };
    call.on('remoteParticipantsUpdated', note);
    return () => call.off('remoteParticipantsUpdated', note);
  }, [call]);
  return refusals.map(({ key, name, sentence, code }) => (
    <MessageBar key={key} intent="warning" layout="multiline" politeness="polite">
      <MessageBarBody>{name} did not join: {sentence} ({code})</MessageBarBody>
      <MessageBarActions containerAction={<Button appearance="transparent" size="small" aria-label="Dismiss" icon={<DismissRegular />} onClick={() => setRefusals((old) => old.filter((other) => other.key !== key))} />} />
    </MessageBar>
  ));
}
