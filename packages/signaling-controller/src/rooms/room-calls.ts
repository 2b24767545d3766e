import { identifierKind, resourceOfUser, type RoomRole } from '@dialplane/calling-api';
import type { RoomInvitation, Rooms } from '@dialplane/identity';
import type { Logger } from '@dialplane/telemetry';
import type { CallDriver } from '../calls/call-driver.ts';
import { keptSafe } from '../operations/kept-safe.ts';
import { givenRoom } from './given-room.ts';

export interface RoomCallsOptions {
  readonly rooms: Pick<Rooms, 'invitation' | 'state' | 'onChanged'>;
  readonly calls: CallDriver;
  readonly logger: Logger;
}

/** Holds the running calls of rooms to what the rooms say: who comes in, and what a change of a room means to those who are there. */
export class RoomCalls {
  private readonly options: RoomCallsOptions;
  private readonly stopListening: () => void;

  constructor(options: RoomCallsOptions) {
    this.options = options;
    this.stopListening = options.rooms.onChanged((roomId) => void this.follow(roomId));
  }

  /** With what a user comes into a room; throws why they may not. What is done with it in this turn of the event loop is done with what is so. */
  async admit(identifier: string, roomId: string): Promise<RoomInvitation> {
    return givenRoom(await keptSafe(this.options.rooms.invitation(resourceOfUser(identifier) ?? '', roomId, identifier)), 'roomId');
  }

  /** The role of somebody who is to be added to a call, where that is the call of a room; throws why they may not come. A telephone has none. */
  async roleIn(callId: string, target: string): Promise<{ readonly role?: RoomRole }> {
    const roomId = this.options.calls.get(callId)?.roomId;
    if (roomId === undefined || identifierKind(target) === 'phoneNumber') return {};
    return { role: (await this.admit(target, roomId)).role };
  }

  /** The calls of the run before go on with what their rooms are now. */
  async settle(): Promise<void> {
    await Promise.all(this.options.calls.roomIds().map((roomId) => this.follow(roomId)));
  }

  close(): void {
    this.stopListening();
  }

  /** A room was changed: its call hears of it, and is over with the room. */
  private async follow(roomId: string): Promise<void> {
    const { rooms, calls, logger } = this.options;
    if (calls.ofRoom(roomId) === undefined) return;
    try {
      const state = await rooms.state(roomId);
      const call = calls.ofRoom(roomId);
      if (call === undefined) return;
      if (state === undefined) calls.observe(call, { kind: 'terminate', message: 'The room of this call was deleted.' });
      else calls.observe(call, { kind: 'roomChanged', pstnDialOutEnabled: state.pstnDialOutEnabled, roles: Object.fromEntries([...state.roles].filter(([identifier]) => call.parties.has(identifier))) });
    } catch (error) {
      logger.error({ err: error, roomId }, 'The call of a room could not be told that the room has changed.');
    }
  }
}
