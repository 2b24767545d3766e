import { Button, Spinner } from '@fluentui/react-components';
import { CopyRegular } from '@fluentui/react-icons/svg/copy';
import type { ReactNode } from 'react';
import type { ApiClient } from '../api/api-client.ts';
import { useQuery } from '../api/use-query.ts';
import { useCommand } from '../calling/use-command.ts';
import { WayIn } from '../home/way-in.tsx';
import { hrefOf } from '../routes/route.ts';
import { useSession } from '../session/use-session.tsx';
import { FailureBar } from '../shell/failure-bar.tsx';
import { Page, Section } from '../shell/page.tsx';
import { RoomPeople } from './room-people.tsx';
import { WindowForm } from './window-form.tsx';

/** Where a link to a room leads: the way in for who is invited, and for operators what the room is. */
export function RoomPage({ roomId }: { readonly roomId: string }): ReactNode {
  const { operatorApi } = useSession();
  const run = useCommand();
  const copyLink = (): void => run(() => navigator.clipboard.writeText(`${location.origin}/${hrefOf({ screen: 'room', roomId })}`));
  return (
    <Page title="Room" actions={<Button icon={<CopyRegular />} onClick={copyLink}>Copy the link</Button>}>
      <WayIn place={{ roomId }} sentence="Who is invited to this room joins its call while it is open. Others see and hear you as far as your role goes.">
        {operatorApi === undefined ? null : <Settings operatorApi={operatorApi} roomId={roomId} />}
      </WayIn>
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
