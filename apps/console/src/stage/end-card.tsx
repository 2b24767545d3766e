import { Button, Card, makeStyles, Text, Title3, tokens } from '@fluentui/react-components';
import { FlowRegular } from '@fluentui/react-icons/svg/flow';
import type { ReactNode } from 'react';
import type { EndedCall } from '../calling/use-calls.ts';
import { navigate } from '../routes/use-route.ts';
import { focusOnArrival } from '../shell/focus.ts';
import { formatDuration } from '../text/duration.ts';

const useStyles = makeStyles({
  card: { flexShrink: 0, maxWidth: '1256px', margin: '24px auto 0', width: 'calc(100% - 64px)', padding: '20px 24px', boxSizing: 'border-box', display: 'grid', gap: '8px', '@media (max-width: 719px)': { width: 'calc(100% - 32px)', margin: '16px 16px 0' } },
  actions: { display: 'flex', gap: '8px', flexWrap: 'wrap', marginTop: '8px' },
  code: { color: tokens.colorNeutralForeground3 },
});

/** After a call: why it ended, in a sentence, and the way to its flow. */
export function EndCard({ ended, onDismiss }: { readonly ended: EndedCall; readonly onDismiss: () => void }): ReactNode {
  const styles = useStyles();
  const { reason, connectedMs, name, callId } = ended;
  return (
    <Card className={styles.card} role="status">
      <Title3 as="h2" style={{ margin: 0 }}>{connectedMs === undefined ? `No call with ${name}` : `Call with ${name} ended after ${formatDuration(connectedMs)}`}</Title3>
      <Text>
        {reason?.message ?? 'The call has ended.'} {reason === undefined ? null : <span className={styles.code}>({reason.code}/{reason.subCode})</span>}
      </Text>
      <div className={styles.actions}>
        <Button ref={focusOnArrival} appearance="primary" icon={<FlowRegular />} onClick={() => navigate({ screen: 'flow', callId })}>See the call flow</Button>
        <Button onClick={onDismiss}>Dismiss</Button>
      </div>
    </Card>
  );
}
