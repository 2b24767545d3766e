import { createIdentifierFromRawId } from '@azure/communication-common';
import type { Call, CallAgent, IncomingCall } from '@dialplane/calling';
import { createContext, useContext, useEffect, useMemo, useRef, useState, type ReactNode } from 'react';
import type { Session } from '../session/session.ts';
import { rememberedCallerId } from './caller-id.ts';
import { QualityHistory } from './quality-history.ts';
import { useAgent, type AgentState } from './use-agent.ts';
import { useCalls, type CallsState } from './use-calls.ts';
import { useDevices, type DevicesState } from './use-devices.ts';
import { useEmitter } from './use-emitter.ts';
import { QualityHistoryContext } from './use-quality.ts';

/** Everything about calls that the screens share. */
export interface CallingState extends CallsState {
  readonly agentState: AgentState;
  /** The event stream to the server stands. */
  readonly isOnline: boolean;
  readonly tryAgain: () => void;
  readonly devices: DevicesState;
  /** Calls a raw identifier; a running call is put on hold first. @param callerId the number that a telephone is shown. */
  readonly startCall: (identifier: string, withVideo: boolean, callerId?: string) => Promise<void>;
  /** Joins the group call of this id, and brings it into being where nobody is in it. */
  /** The call of a group, or of a room. */
  readonly join: (place: { readonly groupId: string } | { readonly roomId: string }, withVideo: boolean) => Promise<void>;
  readonly accept: (incoming: IncomingCall, withVideo: boolean) => Promise<void>;
  /** Goes on with a call that is on hold; the present one is held. */
  readonly switchTo: (call: Call) => Promise<void>;
}

const CallingContext = createContext<CallingState | undefined>(undefined);

/** Signs in to the calling service for as long as it is shown. Above the screens, so that a call outlives a change of screen. */
export function CallingProvider({ session, children }: { readonly session: Session; readonly children: ReactNode }): ReactNode {
  const [attempt, setAttempt] = useState(0);
  const [history] = useState(() => new QualityHistory());
  const agentState = useAgent(session, attempt);
  const agent = agentState.kind === 'ready' ? agentState.agent : undefined;
  const devices = useDevices(agentState.kind === 'ready' ? agentState.devices : undefined);
  const callsState = useCalls(agent);
  useEmitter(agent, 'connectionStateChanged');
  useCameraRelease(callsState.calls.length > 0, devices.turnCameraOff);
  useLeaveWarning(callsState.calls.length > 0);
  const isOnline = agent?.connectionState === 'Connected';

  const state = useMemo((): CallingState => ({
    ...callsState, agentState, isOnline, devices,
    tryAgain: () => setAttempt((count) => count + 1),
    startCall: async (identifier, withVideo, callerId = rememberedCallerId()) => {
      if (agent === undefined) return;
      const options = await mediaOptions(devices, withVideo);
      await holdOthers(agent.calls);
      const shown = callerId === undefined || !identifier.startsWith('4:') ? {} : { alternateCallerId: { phoneNumber: callerId } };
      agent.startCall([createIdentifierFromRawId(identifier)], { ...options, ...shown });
    },
    join: async (place, withVideo) => {
      if (agent === undefined) return;
      const options = await mediaOptions(devices, withVideo);
      await holdOthers(agent.calls);
      agent.join(place, options);
    },
    accept: async (incoming, withVideo) => {
      const options = await mediaOptions(devices, withVideo);
      await holdOthers(agent?.calls ?? []);
      await incoming.accept(options);
    },
    switchTo: async (call) => {
      await holdOthers((agent?.calls ?? []).filter((other) => other !== call));
      await call.resume();
    },
  }), [callsState, agentState, isOnline, devices, agent]);
  return (
    <CallingContext value={state}>
      <QualityHistoryContext value={history}>{children}</QualityHistoryContext>
    </CallingContext>
  );
}

/** The shared calling state. */
export function useCalling(): CallingState {
  const state = useContext(CallingContext);
  if (state === undefined) throw new Error('useCalling outside of CallingProvider');
  return state;
}

type StartOptions = NonNullable<Parameters<CallAgent['startCall']>[1]>;

/** Without a microphone one can still listen: the call begins muted. */
async function mediaOptions(devices: DevicesState, withVideo: boolean): Promise<StartOptions> {
  const mayHear = await devices.ask(withVideo);
  if (!withVideo) devices.turnCameraOff();
  const stream = withVideo ? await devices.turnCameraOn() : undefined;
  return { audioOptions: { muted: !mayHear }, ...(stream === undefined ? {} : { videoOptions: { localVideoStreams: [stream] } }) };
}

/** Only one call at a time has media. */
async function holdOthers(calls: readonly Call[]): Promise<void> {
  await Promise.all(calls.filter(({ state }) => state === 'Connected' || state === 'RemoteHold').map((call) => call.hold()));
}

/** The camera's light goes out when the last call ends. */
function useCameraRelease(isInCall: boolean, turnCameraOff: () => void): void {
  const wasInCall = useRef(false);
  useEffect(() => {
    if (wasInCall.current && !isInCall) turnCameraOff();
    wasInCall.current = isInCall;
  }, [isInCall, turnCameraOff]);
}

/** The browser asks before a tab with a call is closed. */
function useLeaveWarning(isInCall: boolean): void {
  useEffect(() => {
    if (!isInCall) return undefined;
    const warn = (event: BeforeUnloadEvent): void => event.preventDefault();
    window.addEventListener('beforeunload', warn);
    return () => window.removeEventListener('beforeunload', warn);
  }, [isInCall]);
}
