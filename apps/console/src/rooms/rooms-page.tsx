import { Button, Link, Spinner } from '@fluentui/react-components';
import type { Room } from '@dialplane/calling-api';
import { useState, type ReactNode } from 'react';
import type { ApiClient } from '../api/api-client.ts';
import { useQuery } from '../api/use-query.ts';
import { useCommand } from '../calling/use-command.ts';
import { hrefOf } from '../routes/route.ts';
import { navigate } from '../routes/use-route.ts';
import { FailureBar } from '../shell/failure-bar.tsx';
import { OperatorsOnly } from '../shell/operators-only.tsx';
import { Page, Section } from '../shell/page.tsx';
import { useNow } from '../stage/use-now.ts';
import { ConfirmedDelete } from '../telephony/confirmed-delete.tsx';
import { SimpleTable, type SimpleRow } from '../telephony/simple-table.tsx';
import { windowText } from './room-time.ts';
import { WindowForm } from './window-form.tsx';

const roomsOnPage = 100;
/** How often it is looked at which rooms are open. */
const refreshMs = 30_000;

/** Calls to which people are invited; for operators. */
export function RoomsPage(): ReactNode {
  return <Page title="Rooms"><OperatorsOnly>{(operatorApi) => <Rooms operatorApi={operatorApi} />}</OperatorsOnly></Page>;
}

function Rooms({ operatorApi }: { readonly operatorApi: ApiClient }): ReactNode {
  const run = useCommand();
  const now = useNow(refreshMs);
  /** Where each page but the first begins. */
  const [cursors, setCursors] = useState<readonly string[]>([]);
  const cursor = cursors.at(-1);
  const rooms = useQuery(`rooms ${cursor ?? ''}`, (signal) => operatorApi('listRooms', { query: { limit: roomsOnPage, ...(cursor !== undefined && { cursor }) } }, signal));
  const { nextCursor } = rooms.value ?? {};
  const remove = (roomId: string): void => run(async () => {
    await operatorApi('deleteRoom', { params: { roomId } });
    rooms.reload();
  });
  const rowOf = ({ id, pstnDialOutEnabled, createdAt, ...window }: Room): SimpleRow => ({
    key: id,
    cells: [
      <Link key="room" href={hrefOf({ screen: 'room', roomId: id })}>{id}</Link>, windowText(window, now), pstnDialOutEnabled ? 'may be called' : 'none', new Date(createdAt).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short' }),
      <ConfirmedDelete key="actions" name={id} consequence="Nobody can join it any more, and a call that runs in it ends." onDelete={() => remove(id)} />,
    ],
    words: id,
  });
  return (
    <Section title="All rooms">
      {rooms.error === undefined ? null : <FailureBar error={rooms.error} onRetry={rooms.reload} />}
      {rooms.value === undefined ? <Spinner label="Loading the rooms" /> : <SimpleTable label="Rooms" heads={['Room', 'Open', 'Telephones', 'Made', '']} empty="No room yet. A room is a call for those who are invited, each in a role, while it is open." rows={rooms.value.value.map(rowOf)} />}
      {cursor === undefined && nextCursor === undefined ? null : (
        <span>
          <Button disabled={cursor === undefined} onClick={() => setCursors(cursors.slice(0, -1))}>Newer</Button>{' '}
          <Button disabled={nextCursor === undefined} onClick={() => nextCursor !== undefined && setCursors([...cursors, nextCursor])}>Older</Button>
        </span>
      )}
      <WindowForm onPut={async (settings) => navigate({ screen: 'room', roomId: (await operatorApi('createRoom', { body: settings })).id })} />
    </Section>
  );
}
