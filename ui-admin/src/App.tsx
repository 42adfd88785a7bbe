import {
  Alert,
  Button,
  Masthead,
  MastheadBrand,
  MastheadContent,
  MastheadLogo,
  MastheadMain,
  MastheadToggle,
  Nav,
  NavItem,
  NavList,
  Page,
  PageSidebar,
  PageSidebarBody,
  PageToggleButton,
  SkipToContent,
  Toolbar,
  ToolbarContent,
  ToolbarGroup,
  ToolbarItem,
} from '@patternfly/react-core';
import { BarsIcon } from '@patternfly/react-icons/dist/esm/icons/bars-icon';
import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense, useEffect, useMemo, useRef, useState } from 'react';
import { hasAuthParams, useAuth } from 'react-oidc-context';
import { Link, Navigate, Route, Routes, useLocation } from 'react-router';
import { ApiProvider, apiWith, dataOf, useApi, type Me } from './api/client';
import type { ReturnState } from './session';
import { Overview } from './pages/Overview';
import { PeopleProvider, Person } from './parts/People';
import { Failed, Loading } from './parts/States';

const Console = lazy(() => import('./pages/Console').then((module) => ({ default: module.Console })));
const Branches = lazy(() => import('./pages/Branches').then((module) => ({ default: module.Branches })));
const Audit = lazy(() => import('./pages/Audit').then((module) => ({ default: module.Audit })));


/** Signs in first: without a session there is nothing to show. */
export function App() {
  const auth = useAuth();
  const location = useLocation();
  const asked = useRef(false);
  const { isAuthenticated, isLoading, error, activeNavigator } = auth;
  useEffect(() => {
    if (isAuthenticated || isLoading || error || activeNavigator || asked.current || hasAuthParams()) return;
    asked.current = true;
    const state: ReturnState = { path: location.pathname === '/callback' ? '/' : location.pathname + location.search };
    void auth.signinRedirect({ state });
  }, [auth, isAuthenticated, isLoading, error, activeNavigator, location.pathname, location.search]);

  const token = useRef<string | undefined>(undefined);
  token.current = auth.user?.access_token;
  const api = useMemo(() => apiWith(() => token.current), []);

  const profile = auth.user?.profile;
  const people = useMemo(() => {
    const name = profile?.name ?? profile?.preferred_username;
    return new Map(profile && name ? [[profile.sub, name]] : []);
  }, [profile]);

  // A renewal that failed ends nothing before the token does: the page stays, and says what is the matter.
  if (error && !isAuthenticated) {
    return (
      <div className="sign-in">
        <div>
          <p>Signing in did not succeed: {error.message}</p>
          <Button onClick={() => void auth.signinRedirect({ state: { path: '/' } satisfies ReturnState })}>
            Sign in again
          </Button>
        </div>
      </div>
    );
  }
  if (!isAuthenticated) {
    return (
      <div className="sign-in">
        <Loading what="Signing in" />
      </div>
    );
  }
  return (
    <ApiProvider value={api}>
      <PeopleProvider value={people}>
        {error && (
          <Alert isInline variant="warning" title="Your session could not be renewed and ends soon" data-testid="renewal">
            <Button
              variant="link"
              isInline
              onClick={() =>
                void auth.signinRedirect({ state: { path: location.pathname + location.search } satisfies ReturnState })
              }
            >
              Sign in again
            </Button>
          </Alert>
        )}
        <Signed signOut={() => void auth.signoutRedirect()} />
      </PeopleProvider>
    </ApiProvider>
  );
}

function Signed({ signOut }: { signOut: () => void }) {
  const api = useApi();
  const me = useQuery({ queryKey: ['me'], queryFn: () => dataOf(api.GET('/v1/me')), staleTime: Infinity });
  if (me.isPending) return <Loading what="Loading your session" />;
  if (me.isError) return <Failed error={me.error} retry={() => void me.refetch()} />;
  return <Shell me={me.data} signOut={signOut} />;
}

const SECTIONS = [
  { path: '/overview', label: 'Overview' },
  { path: '/console', label: 'Query console' },
  { path: '/branches', label: 'Branches' },
  { path: '/audit', label: 'Audit' },
] as const;

function Shell({ me, signOut }: { me: Me; signOut: () => void }) {
  const { pathname } = useLocation();
  const [open, setOpen] = useState(true);
  const masthead = (
    <Masthead>
      <MastheadMain>
        <MastheadToggle>
          <PageToggleButton
            variant="plain"
            aria-label="Navigation"
            isSidebarOpen={open}
            onSidebarToggle={() => setOpen(!open)}
            id="nav-toggle"
          >
            <BarsIcon />
          </PageToggleButton>
        </MastheadToggle>
        <MastheadBrand>
          <MastheadLogo component="span">Precinct</MastheadLogo>
        </MastheadBrand>
      </MastheadMain>
      <MastheadContent>
        <Toolbar isFullHeight isStatic>
          <ToolbarContent>
            <ToolbarGroup align={{ default: 'alignEnd' }}>
              <ToolbarItem data-testid="tenant">{me.tenant.display_name}</ToolbarItem>
              <ToolbarItem data-testid="subject" visibility={{ default: 'hidden', md: 'visible' }}>
                <Person id={me.subject} /> ({me.roles.join(', ') || 'no role'})
              </ToolbarItem>
              <ToolbarItem>
                <Button variant="secondary" onClick={signOut}>
                  Sign out
                </Button>
              </ToolbarItem>
            </ToolbarGroup>
          </ToolbarContent>
        </Toolbar>
      </MastheadContent>
    </Masthead>
  );
  const sidebar = (
    <PageSidebar isSidebarOpen={open}>
      <PageSidebarBody>
        <Nav aria-label="Sections">
          <NavList>
            {SECTIONS.map((section) => (
              <NavItem key={section.path} isActive={pathname.startsWith(section.path)}>
                <Link to={section.path} aria-current={pathname.startsWith(section.path) ? 'page' : undefined}>
                  {section.label}
                </Link>
              </NavItem>
            ))}
          </NavList>
        </Nav>
      </PageSidebarBody>
    </PageSidebar>
  );
  return (
    <Page
      masthead={masthead}
      sidebar={sidebar}
      mainContainerId="main"
      skipToContent={<SkipToContent href="#main">Skip to content</SkipToContent>}
    >
      <Suspense fallback={<Loading what="Loading the page" />}>
        <Routes>
          <Route path="/overview" element={<Overview me={me} />} />
          <Route path="/console" element={<Console me={me} />} />
          <Route path="/branches" element={<Branches me={me} />} />
          <Route path="/audit" element={<Audit me={me} />} />
          <Route path="*" element={<Navigate to="/overview" replace />} />
        </Routes>
      </Suspense>
    </Page>
  );
}
