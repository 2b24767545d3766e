import type { Call, CallAgent, CallEndReason, IncomingCall } from '@dialplane/calling';
import { useCallback, useEffect, useState } from 'react';
import { namesOf } from './identifier.ts';

/** A call that is over, for the end screen. */
export interface EndedCall {
  readonly callId: string;
  readonly name: string;
  readonly reason: CallEndReason | undefined;
  /** How long it was connected; undefined when it never was. */
  readonly connectedMs: number | undefined;
}

export interface CallsState {
  readonly calls: readonly Call[];
  readonly incoming: readonly IncomingCall[];
  readonly ended: EndedCall | undefined;
  readonly dismissEnded: () => void;
  /** When a call was first connected (epoch ms). */
  readonly connectedAt: ReadonlyMap<Call, number>;
}

/** The calls of an agent, those that ring, and the one that ended last. */
export function useCalls(agent: CallAgent | undefined): CallsState {
  const [calls, setCalls] = useState<readonly Call[]>([]);
  const [incoming, setIncoming] = useState<readonly IncomingCall[]>([]);
  const [ended, setEnded] = useState<EndedCall>();
  const [connectedAt, setConnectedAt] = useState<ReadonlyMap<Call, number>>(new Map());
  const dismissEnded = useCallback(() => setEnded(undefined), []);

  useEffect(() => {
    if (agent === undefined) return undefined;
    const connected = new Map<Call, number>();
    const names = new Map<Call, string>();
    const follow = (call: Call): void => {
      const note = (): void => {
        if (call.remoteParticipants.length > 0) names.set(call, namesOf(call));
        if (call.state !== 'Connected' || connected.has(call)) return;
        connected.set(call, Date.now());
        setConnectedAt(new Map(connected));
      };
      call.on('stateChanged', note);
      call.on('remoteParticipantsUpdated', note);
      note();
    };
    const handleUpdate = ({ added, removed }: { added: Call[]; removed: Call[] }): void => {
      added.forEach(follow);
      setCalls([...agent.calls]);
      if (added.length > 0) setEnded(undefined);
      setIncoming((old) => old.filter(({ id }) => !added.some((call) => call.id === id)));
      for (const call of removed) {
        const since = connected.get(call);
        setEnded({ callId: call.id, name: names.get(call) ?? namesOf(call), reason: call.callEndReason, connectedMs: since === undefined ? undefined : Date.now() - since });
        connected.delete(call);
        names.delete(call);
      }
    };
    const handleIncoming = ({ incomingCall }: { incomingCall: IncomingCall }): void => {
      setIncoming((old) => [...old, incomingCall]);
      incomingCall.on('callEnded', () => setIncoming((old) => old.filter((call) => call !== incomingCall)));
    };
    agent.on('callsUpdated', handleUpdate);
    agent.on('incomingCall', handleIncoming);
    return () => {
      agent.off('callsUpdated', handleUpdate);
      agent.off('incomingCall', handleIncoming);
      setCalls([]);
      setIncoming([]);
    };
  }, [agent]);

  return { calls, incoming, ended, dismissEnded, connectedAt };
}
