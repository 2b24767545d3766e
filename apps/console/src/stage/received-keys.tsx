import { getIdentifierRawId } from '@azure/communication-common';
import { Features, type Call, type DtmfToneReceivedEvent } from '@dialplane/calling';
import { makeStyles, tokens } from '@fluentui/react-components';
import { useEffect, useState, type ReactNode } from 'react';
import { nameOf } from '../calling/identifier.ts';
import { signOf } from '../calling/telephone-key.ts';
import { personName } from '../text/person.ts';

const useStyles = makeStyles({
  layer: { position: 'absolute', left: '28px', top: '20px', pointerEvents: 'none', display: 'grid', gap: '4px', justifyItems: 'start' },
  line: { padding: '4px 10px', borderRadius: tokens.borderRadiusMedium, backgroundColor: 'rgba(0,0,0,.6)', fontFamily: tokens.fontFamilyMonospace },
});

/** How many keys of one participant are shown; the older ones are in the call flow. */
const shownKeys = 24;

/** The keys that the others in the call have pressed, a line for each of them. */
export function ReceivedKeys({ call }: { readonly call: Call }): ReactNode {
  const styles = useStyles();
  const [keys, setKeys] = useState<ReadonlyMap<string, string>>(new Map());
  useEffect(() => {
    const feature = call.feature(Features.Dtmf);
    const note = ({ identifier, tone }: DtmfToneReceivedEvent): void => {
      const rawId = getIdentifierRawId(identifier);
      setKeys((old) => new Map(old).set(rawId, `${old.get(rawId) ?? ''}${signOf(tone)}`.slice(-shownKeys)));
    };
    feature.on('toneReceived', note);
    return () => feature.off('toneReceived', note);
  }, [call]);
  const nameAt = (rawId: string): string => {
    const participant = call.remoteParticipants.find(({ identifier }) => getIdentifierRawId(identifier) === rawId);
    return participant === undefined ? personName(rawId) : nameOf(participant);
  };
  return (
    <div className={styles.layer} role="log" aria-label="Keys received">
      {[...keys].map(([rawId, pressed]) => <span key={rawId} className={styles.line}>{`${nameAt(rawId)}: ${pressed}`}</span>)}
    </div>
  );
}
