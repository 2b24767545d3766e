import { Button, makeStyles, Spinner, Text, tokens } from '@fluentui/react-components';
import { CallRegular } from '@fluentui/react-icons/svg/call';
import { CopyRegular } from '@fluentui/react-icons/svg/copy';
import { VideoRegular } from '@fluentui/react-icons/svg/video';
import type { ReactNode } from 'react';
import type { ApiClient } from '../api/api-client.ts';
import { useQuery } from '../api/use-query.ts';
import { useCalling } from '../calling/calling-context.tsx';
import { useCommand } from '../calling/use-command.ts';
import { DevicePanel } from '../home/device-panel.tsx';
import { hrefOf } from '../routes/route.ts';
import { useSession } from '../session/use-session.tsx';
import { FailureBar } from '../shell/failure-bar.tsx';
import { Page, Section } from '../shell/page.tsx';
import { RoomPeople } from './room-people.tsx';
import { WindowForm } from './window-form.tsx';

const useStyles = makeStyles({
  columns: { display: 'grid', gridTemplateColumns: 'minmax(0, 1fr) 340px', gap: '32px', alignItems: 'start', '@media (max-width: 1023px)': { gridTemplateColumns: 'minmax(0, 1fr)', gap: '24px' } },
  words: { display: 'grid', gap: '16px', gridTemplateColumns: 'minmax(0, 1fr)' },
  actions: { display: 'flex', flexWrap: 'wrap', gap: '12px' },
  id: { fontFamily: tokens.fontFamilyMonospace, color: tokens.colorNeutralForeground3, overflowWrap: 'anywhere' },
});

/** Where a link to a room leads: the way in for who is invited, and for operators what the room is. */
export function RoomPage({ roomId }: { readonly roomId: string }): ReactNode {
  const styles = useStyles();
  const { join, isOnline } = useCalling();
  const { operatorApi } = useSession();
  const run = useCommand();
  const copyLink = (): void => run(() => navigator.clipboard.writeText(`${location.origin}/${hrefOf({ screen: 'room', roomId })}`));
  return (
    <Page title="Room" actions={<Button icon={<CopyRegular />} onClick={copyLink}>Copy the link</Button>}>
      <div className={styles.columns}>
        <div className={styles.words}>
          <Text size={400}>Who is invited to this room joins its call while it is open. Others see and hear you as far as your role goes.</Text>
          <Text className={styles.id}>{roomId}</Text>
          <div className={styles.actions}>
            <Button size="large" icon={<CallRegular />} disabled={!isOnline} onClick={() => run(() => join({ roomId }, false))}>Join</Button>
            <Button size="large" appearance="primary" icon={<VideoRegular />} disabled={!isOnline} onClick={() => run(() => join({ roomId }, true))}>Join with video</Button>
          </div>
          {operatorApi === undefined ? null : <Settings operatorApi={operatorApi} roomId={roomId} />}
        </div>
        <DevicePanel />
      </div>
    </Page>
  );
}

function Settings({ operatorApi, roomId }: { readonly operatorApi: ApiClient; readonly roomId: string }): ReactNode {
  const room = useQuery(`room ${roomId}`, (signal) => operatorApi('getRoom', { params: { roomId } }, signal));
  if (room.error !== undefined) return <FailureBar error={room.error} onRetry={room.reload} />;
  if (room.value === undefined) return <Spinner label="Loading the room" />;
  return (
    <>
      <Section title="When it is open">
        <WindowForm key={`${room.value.validFrom} ${room.value.validUntil}`} room={room.value} onPut={async (body) => {
          await operatorApi('updateRoom', { params: { roomId }, body });
          room.reload();
        }} />
      </Section>
      <RoomPeople operatorApi={operatorApi} roomId={roomId} />
    </>
  );
}
