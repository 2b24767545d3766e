import type { RunningCall } from './running-call.ts';

/** The running calls, found by whatever concerns them: endpoint, user, group, room, conference, line of a telephone. */
export class RunningCalls {
  private readonly calls = new Map<string, RunningCall>();
  private readonly endpoints = new Map<string, Set<RunningCall>>();
  private readonly users = new Map<string, Set<RunningCall>>();
  private readonly groups = new Map<string, RunningCall>();
  private readonly rooms = new Map<string, RunningCall>();
  private readonly conferences = new Map<string, RunningCall>();
  private readonly lines = new Map<string, RunningCall>();

  get size(): number {
    return this.calls.size;
  }

  get conferenceCount(): number {
    return this.conferences.size;
  }

  get(callId: string): RunningCall | undefined {
    return this.calls.get(callId);
  }

  /** A copy, as the others: calls come and go while callers walk. */
  all(): RunningCall[] {
    return [...this.calls.values()];
  }

  ofEndpoint(endpointId: string): RunningCall[] {
    return [...(this.endpoints.get(endpointId) ?? [])];
  }

  countOf(endpointId: string): number {
    return this.endpoints.get(endpointId)?.size ?? 0;
  }

  ofUser(identifier: string): RunningCall[] {
    return [...(this.users.get(identifier) ?? [])];
  }

  ofGroup(groupId: string): RunningCall | undefined {
    return this.groups.get(groupId);
  }

  ofRoom(roomId: string): RunningCall | undefined {
    return this.rooms.get(roomId);
  }

  /** The calls of rooms. */
  ofRooms(): RunningCall[] {
    return [...this.rooms.values()];
  }

  ofConference(conferenceId: string): RunningCall | undefined {
    return this.conferences.get(conferenceId);
  }

  ofLine(lineId: string): RunningCall | undefined {
    return this.lines.get(lineId);
  }

  /** Takes a call up with everything that is known to concern it. */
  add(call: RunningCall): void {
    this.calls.set(call.about.callId, call);
    for (const identifier of call.parties) this.addParty(call, identifier);
    for (const endpointId of call.endpoints) this.addEndpoint(call, endpointId);
    if (call.groupId !== undefined) this.groups.set(call.groupId, call);
    if (call.roomId !== undefined) this.rooms.set(call.roomId, call);
    if (call.conferenceId !== undefined) this.setConference(call, call.conferenceId);
  }

  addParty(call: RunningCall, identifier: string): void {
    call.addParty(identifier);
    put(this.users, identifier, call);
  }

  addEndpoint(call: RunningCall, endpointId: string): void {
    call.endpoints.add(endpointId);
    put(this.endpoints, endpointId, call);
  }

  /** The endpoint's part in the call is over. */
  removeEndpoint(call: RunningCall, endpointId: string): void {
    call.endpoints.delete(endpointId);
    take(this.endpoints, endpointId, call);
  }

  setConference(call: RunningCall, conferenceId: string): void {
    if (call.conferenceId !== undefined) this.conferences.delete(call.conferenceId);
    call.conferenceId = conferenceId;
    this.conferences.set(conferenceId, call);
  }

  /** A line belongs to this call, whichever had it before. */
  setLine(call: RunningCall, lineId: string): void {
    this.lines.get(lineId)?.lines.delete(lineId);
    call.lines.add(lineId);
    this.lines.set(lineId, call);
  }

  /** The line is over, or told to be. */
  removeLine(lineId: string): void {
    this.lines.get(lineId)?.lines.delete(lineId);
    this.lines.delete(lineId);
  }

  removeConference(conferenceId: string): void {
    this.conferences.delete(conferenceId);
  }

  remove(call: RunningCall): void {
    this.calls.delete(call.about.callId);
    for (const endpointId of call.endpoints) take(this.endpoints, endpointId, call);
    for (const identifier of call.parties) take(this.users, identifier, call);
    if (call.groupId !== undefined && this.groups.get(call.groupId) === call) this.groups.delete(call.groupId);
    if (call.roomId !== undefined && this.rooms.get(call.roomId) === call) this.rooms.delete(call.roomId);
    if (call.conferenceId !== undefined) this.conferences.delete(call.conferenceId);
    for (const lineId of call.lines) this.lines.delete(lineId);
  }
}

function put(index: Map<string, Set<RunningCall>>, key: string, call: RunningCall): void {
  const calls = index.get(key);
  if (calls === undefined) index.set(key, new Set([call]));
  else calls.add(call);
}

function take(index: Map<string, Set<RunningCall>>, key: string, call: RunningCall): void {
  const calls = index.get(key);
  if (calls?.delete(call) === true && calls.size === 0) index.delete(key);
}
