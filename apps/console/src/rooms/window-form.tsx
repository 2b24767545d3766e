import { Button, Field, Input, Switch } from '@fluentui/react-components';
import type { Room, UpdateRoomRequest } from '@dialplane/calling-api';
import { useState, type ReactNode } from 'react';
import { useCommand } from '../calling/use-command.ts';
import { useFormRow } from '../telephony/form-row.ts';
import { fieldOf, instantOf } from './room-time.ts';

interface WindowFormProps {
  /** The room that is changed; without one a room is made, whose fields may stay empty. */
  readonly room?: Room;
  readonly onPut: (settings: UpdateRoomRequest) => Promise<void>;
}

/** When a room is open, and whether telephones are called from it. */
export function WindowForm({ room, onPut }: WindowFormProps): ReactNode {
  const { row } = useFormRow();
  const run = useCommand();
  const [from, setFrom] = useState(room === undefined ? '' : fieldOf(room.validFrom));
  const [until, setUntil] = useState(room === undefined ? '' : fieldOf(room.validUntil));
  const [pstnDialOutEnabled, setDialOut] = useState(room?.pstnDialOutEnabled ?? false);
  const [validFrom, validUntil] = [instantOf(from), instantOf(until)];
  const isBackwards = validFrom !== undefined && validUntil !== undefined && validUntil <= validFrom;
  // What was not touched stays as it is, to the second.
  const isTouched = (instant: string | undefined, before: string | undefined): boolean => instant !== undefined && (before === undefined || fieldOf(before) !== fieldOf(instant));
  const put = (): void => run(() => onPut({
    ...(isTouched(validFrom, room?.validFrom) && validFrom !== undefined && { validFrom }), ...(isTouched(validUntil, room?.validUntil) && validUntil !== undefined && { validUntil }), pstnDialOutEnabled,
  }));
  return (
    <div className={row} role="group" aria-label={room === undefined ? 'New room' : 'When it is open'}>
      <Field label="Open from" {...(room === undefined ? { hint: 'from now on' } : {})}><Input type="datetime-local" value={from} onChange={(_, { value }) => setFrom(value)} /></Field>
      <Field label="Open until" {...(isBackwards ? { validationState: 'warning', validationMessage: 'Before it opens.' } : room === undefined ? { hint: '180 days later' } : {})}><Input type="datetime-local" value={until} onChange={(_, { value }) => setUntil(value)} /></Field>
      <Field label="Telephones"><Switch label="Presenters may call some in" checked={pstnDialOutEnabled} onChange={(_, { checked }) => setDialOut(checked)} /></Field>
      <Button appearance="primary" disabled={isBackwards} onClick={put}>{room === undefined ? 'Make a room' : 'Change the room'}</Button>
    </div>
  );
}
