import { FluentProvider, Spinner } from '@fluentui/react-components';
import { lazy, Suspense, type ReactNode } from 'react';
import { useRoute } from './routes/use-route.ts';
import { SessionProvider, useSession } from './session/use-session.tsx';
import { SignInPage } from './session/sign-in-page.tsx';
import { ErrorBoundary } from './shell/error-boundary.tsx';
import { darkTheme, lightTheme } from './theme/theme.ts';
import { AppearanceProvider, useAppearance } from './theme/use-appearance.tsx';

const Shell = lazy(() => import('./shell/shell.tsx').then(({ Shell }) => ({ default: Shell })));
const AboutPage = lazy(() => import('./about/about-page.tsx').then(({ AboutPage }) => ({ default: AboutPage })));

/** The console: theme, session, and below them either the sign-in page or everything else. */
export function App(): ReactNode {
  return (
    <AppearanceProvider>
      <Themed>
        <ErrorBoundary what="The console">
          <SessionProvider>
            <Suspense fallback={<Spinner style={{ height: '100%' }} label="Loading" />}>
              <Screens />
            </Suspense>
          </SessionProvider>
        </ErrorBoundary>
      </Themed>
    </AppearanceProvider>
  );
}

function Themed({ children }: { readonly children: ReactNode }): ReactNode {
  const { isDark } = useAppearance();
  return (
    <FluentProvider theme={isDark ? darkTheme : lightTheme} style={{ height: '100%', colorScheme: isDark ? 'dark' : 'light' }}>
      {children}
    </FluentProvider>
  );
}

function Screens(): ReactNode {
  const { session } = useSession();
  const route = useRoute();
  const isSigningInAgain = route.screen === 'signIn' && route.code !== undefined;
  if (session !== undefined && !isSigningInAgain) return <Shell session={session} route={route} />;
  return route.screen === 'about' ? <AboutPage isStandalone /> : <SignInPage route={route} />;
}
