import { Button, makeStyles, MessageBar, MessageBarActions, MessageBarBody, Spinner, Toaster, tokens } from '@fluentui/react-components';
import { lazy, Suspense, useEffect, useRef, type ReactNode, type RefObject } from 'react';
import { CallingProvider, useCalling } from '../calling/calling-context.tsx';
import { namesOf } from '../calling/identifier.ts';
import { toasterId, useCommand } from '../calling/use-command.ts';
import { GroupPage } from '../home/group-page.tsx';
import { HomePage } from '../home/home-page.tsx';
import { IncomingCallCards } from '../home/incoming-call-card.tsx';
import type { Route } from '../routes/route.ts';
import { navigate } from '../routes/use-route.ts';
import type { Session } from '../session/session.ts';
import { useSession } from '../session/use-session.tsx';
import { CallStage } from '../stage/call-stage.tsx';
import { EndCard } from '../stage/end-card.tsx';
import { ErrorBoundary } from './error-boundary.tsx';
import { FailureBar } from './failure-bar.tsx';
import { Navigation } from './navigation.tsx';

const FlowPage = lazy(() => import('../flow/flow-page.tsx').then(({ FlowPage }) => ({ default: FlowPage })));
const CallsPage = lazy(() => import('../calls/calls-page.tsx').then(({ CallsPage }) => ({ default: CallsPage })));
const NetworkTestPage = lazy(() => import('../network-test/network-test-page.tsx').then(({ NetworkTestPage }) => ({ default: NetworkTestPage })));
const UsagePage = lazy(() => import('../usage/usage-page.tsx').then(({ UsagePage }) => ({ default: UsagePage })));
const PolicyPage = lazy(() => import('../policy/policy-page.tsx').then(({ PolicyPage }) => ({ default: PolicyPage })));
const RoomsPage = lazy(() => import('../rooms/rooms-page.tsx').then(({ RoomsPage }) => ({ default: RoomsPage })));
const RoomPage = lazy(() => import('../rooms/room-page.tsx').then(({ RoomPage }) => ({ default: RoomPage })));
const TelephonyPage = lazy(() => import('../telephony/telephony-page.tsx').then(({ TelephonyPage }) => ({ default: TelephonyPage })));
const SubscriptionsPage = lazy(() => import('../subscriptions/subscriptions-page.tsx').then(({ SubscriptionsPage }) => ({ default: SubscriptionsPage })));
const OperatorPage = lazy(() => import('../operator/operator-page.tsx').then(({ OperatorPage }) => ({ default: OperatorPage })));
const AboutPage = lazy(() => import('../about/about-page.tsx').then(({ AboutPage }) => ({ default: AboutPage })));

const useStyles = makeStyles({
  shell: {
    height: '100dvh', display: 'grid', gridTemplate: '"nav main" minmax(0, 1fr) / 92px minmax(0, 1fr)', backgroundColor: tokens.colorNeutralBackground2,
    '@media (max-width: 719px)': { gridTemplate: '"main" minmax(0, 1fr) "nav" auto / minmax(0, 1fr)' }, '@media print': { display: 'block', height: 'auto', backgroundColor: 'transparent' },
  },
  main: { gridArea: 'main', overflowY: 'auto', minWidth: 0, outlineStyle: 'none', display: 'flex', flexDirection: 'column', '@media print': { overflow: 'visible' } },
  bars: { display: 'grid', gap: '1px', position: 'sticky', top: 0, zIndex: 3 },
});

/** Everything behind the sign-in: navigation, the chosen screen, and calls, which outlive a change of screen. */
export function Shell({ session, route }: { readonly session: Session; readonly route: Route }): ReactNode {
  return (
    <CallingProvider session={session}>
      <Frame route={route} />
      <IncomingCallCards />
      <Toaster toasterId={toasterId} position="top" />
    </CallingProvider>
  );
}

function Frame({ route }: { readonly route: Route }): ReactNode {
  const styles = useStyles();
  const { calls, ended, dismissEnded, switchTo } = useCalling();
  const run = useCommand();
  const main = useRef<HTMLElement>(null);
  const shown = calls.findLast(({ state }) => state !== 'LocalHold') ?? calls.at(-1);
  const isOnStage = route.screen === 'call' && shown !== undefined;
  useFollowNewCall(calls.length);
  return (
    <div className={styles.shell}>
      <Navigation route={route} />
      <main className={styles.main} ref={main} tabIndex={-1}>
        <div className={`${styles.bars} no-print`}>
          <ConnectionBar />
          {isOnStage ? null : calls.map((call) => (
            <MessageBar key={call.id} intent="success" shape="square">
              <MessageBarBody>In a call with {namesOf(call)}</MessageBarBody>
              <MessageBarActions><Button size="small" appearance="primary" onClick={() => navigate({ screen: 'call' })}>Back to the call</Button></MessageBarActions>
            </MessageBar>
          ))}
          {isOnStage ? calls.filter((call) => call !== shown).map((call) => (
            <MessageBar key={call.id} intent="info" shape="square">
              <MessageBarBody>{namesOf(call)} is on hold.</MessageBarBody>
              <MessageBarActions><Button size="small" onClick={() => run(() => switchTo(call))}>Switch</Button></MessageBarActions>
            </MessageBar>
          )) : null}
        </div>
        {isOnStage ? <div style={{ flex: '1 1 0', minHeight: 0 }}><ErrorBoundary what="The call’s screen" key={shown.id}><CallStage call={shown} /></ErrorBoundary></div> : (
          <ErrorBoundary what="This page" key={route.screen}>
            <Arrival main={main} />
            {ended !== undefined && route.screen === 'call' ? <EndCard key={ended.callId} ended={ended} onDismiss={dismissEnded} /> : null}
            <Suspense fallback={<Spinner style={{ padding: 48 }} label="Loading" />}><Screen route={route} /></Suspense>
          </ErrorBoundary>
        )}
      </main>
    </div>
  );
}

/** A new screen begins at its top, and the keyboard with it. */
function Arrival({ main }: { readonly main: RefObject<HTMLElement | null> }): null {
  useEffect(() => {
    const element = main.current;
    if (element?.contains(document.activeElement) === false) element.focus({ preventScroll: true });
    element?.scrollTo({ top: 0 });
  }, [main]);
  return null;
}

function Screen({ route }: { readonly route: Route }): ReactNode {
  switch (route.screen) {
    case 'call':
    case 'signIn':
      return <HomePage />;
    case 'group':
      return <GroupPage groupId={route.groupId} />;
    case 'rooms':
      return <RoomsPage />;
    case 'room':
      return <RoomPage roomId={route.roomId} />;
    case 'calls':
      return <CallsPage />;
    case 'flow':
      return <FlowPage callId={route.callId} />;
    case 'network':
      return <NetworkTestPage />;
    case 'usage':
      return <UsagePage />;
    case 'telephony':
      return <TelephonyPage />;
    case 'policy':
      return <PolicyPage />;
    case 'subscriptions':
      return <SubscriptionsPage />;
    case 'operator':
      return <OperatorPage />;
    case 'about':
      return <AboutPage />;
  }
}

/** A refused sign-in, or a lost connection, with what can be done. */
function ConnectionBar(): ReactNode {
  const { agentState, isOnline, tryAgain, calls } = useCalling();
  const { signOut } = useSession();
  if (agentState.kind === 'connecting') return null;
  if (agentState.kind === 'failed') return <FailureBar error={agentState.error} onRetry={tryAgain} onSignIn={signOut} />;
  if (isOnline) return null;
  return (
    <MessageBar intent="warning" shape="square">
      <MessageBarBody>Not connected to the server{calls.length === 0 ? ': calls cannot reach you' : '; your call goes on'}. Trying again…</MessageBarBody>
      {calls.length === 0 ? <MessageBarActions><Button size="small" onClick={signOut}>Sign in again</Button></MessageBarActions> : null}
    </MessageBar>
  );
}

/** A new call comes onto the screen, whatever was shown. */
function useFollowNewCall(count: number): void {
  const before = useRef(count);
  useEffect(() => {
    if (count > before.current) navigate({ screen: 'call' });
    before.current = count;
  }, [count]);
}
