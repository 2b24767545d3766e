import { Button, makeStyles, Text, tokens } from '@fluentui/react-components';
import { CallRegular } from '@fluentui/react-icons/svg/call';
import { VideoRegular } from '@fluentui/react-icons/svg/video';
import type { ReactNode } from 'react';
import { useCalling } from '../calling/calling-context.tsx';
import { useCommand } from '../calling/use-command.ts';
import { DevicePanel } from './device-panel.tsx';

const useStyles = makeStyles({
  columns: { display: 'grid', gridTemplateColumns: 'minmax(0, 1fr) 340px', gap: '32px', alignItems: 'start', '@media (max-width: 1023px)': { gridTemplateColumns: 'minmax(0, 1fr)', gap: '24px' } },
  words: { display: 'grid', gap: '16px', gridTemplateColumns: 'minmax(0, 1fr)' },
  actions: { display: 'flex', flexWrap: 'wrap', gap: '12px' },
  id: { fontFamily: tokens.fontFamilyMonospace, color: tokens.colorNeutralForeground3, overflowWrap: 'anywhere' },
});

interface WayInProps {
  readonly place: { readonly groupId: string } | { readonly roomId: string };
  /** What one joins, in a sentence or two. */
  readonly sentence: string;
  readonly children?: ReactNode;
}

/** Where a link to a call of many leads: a look at one's devices, and the way in. */
export function WayIn({ place, sentence, children }: WayInProps): ReactNode {
  const styles = useStyles();
  const { join, isOnline } = useCalling();
  const run = useCommand();
  return (
    <div className={styles.columns}>
      <div className={styles.words}>
        <Text size={400}>{sentence}</Text>
        <Text className={styles.id}>{'groupId' in place ? place.groupId : place.roomId}</Text>
        <div className={styles.actions}>
          <Button size="large" icon={<CallRegular />} disabled={!isOnline} onClick={() => run(() => join(place, false))}>Join</Button>
          <Button size="large" appearance="primary" icon={<VideoRegular />} disabled={!isOnline} onClick={() => run(() => join(place, true))}>Join with video</Button>
        </div>
        {children}
      </div>
      <DevicePanel />
    </div>
  );
}
