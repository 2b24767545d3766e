import { Button, makeStyles, Text, tokens } from '@fluentui/react-components';
import { CallRegular } from '@fluentui/react-icons/svg/call';
import { VideoRegular } from '@fluentui/react-icons/svg/video';
import type { ReactNode } from 'react';
import { useCalling } from '../calling/calling-context.tsx';
import { useCommand } from '../calling/use-command.ts';
import { Page } from '../shell/page.tsx';
import { DevicePanel } from './device-panel.tsx';
import { typedGroupId } from './group-link.ts';

const useStyles = makeStyles({
  columns: { display: 'grid', gridTemplateColumns: 'minmax(0, 1fr) 340px', gap: '32px', alignItems: 'start', '@media (max-width: 1023px)': { gridTemplateColumns: 'minmax(0, 1fr)', gap: '24px' } },
  words: { display: 'grid', gap: '16px', justifyItems: 'start' },
  actions: { display: 'flex', flexWrap: 'wrap', gap: '12px' },
  id: { fontFamily: tokens.fontFamilyMonospace, color: tokens.colorNeutralForeground3, overflowWrap: 'anywhere' },
});

/** Where a link to a group call leads: a look at one's devices, and the way in. */
export function GroupPage({ groupId }: { readonly groupId: string }): ReactNode {
  const styles = useStyles();
  const { join, isOnline } = useCalling();
  const run = useCommand();
  if (typedGroupId(groupId) !== groupId.toLowerCase()) return <Page title="Group call"><Text>This link names no group call: its id is not complete. Ask for the link again.</Text></Page>;
  return (
    <Page title="Group call">
      <div className={styles.columns}>
        <div className={styles.words}>
          <Text size={400}>You were sent a link to this group call. Others see and hear you once you join.</Text>
          <Text className={styles.id}>{groupId}</Text>
          <div className={styles.actions}>
            <Button size="large" icon={<CallRegular />} disabled={!isOnline} onClick={() => run(() => join({ groupId }, false))}>Join</Button>
            <Button size="large" appearance="primary" icon={<VideoRegular />} disabled={!isOnline} onClick={() => run(() => join({ groupId }, true))}>Join with video</Button>
          </div>
        </div>
        <DevicePanel />
      </div>
    </Page>
  );
}
