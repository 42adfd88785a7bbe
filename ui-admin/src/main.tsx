import '@patternfly/react-core/dist/styles/base.css';
import './style.css';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { AuthProvider } from 'react-oidc-context';
import { BrowserRouter } from 'react-router';
import { ApiError } from './api/client';
import { App } from './App';
import { sessionSettings } from './session';
import { followTheme } from './theme';

const queries = new QueryClient({
  defaultOptions: {
    queries: {
      // A refusal stays a refusal; only a server that did not answer is asked again.
      retry: (failures, error) => failures < 2 && error instanceof ApiError && error.problem.status === 0,
      staleTime: 5_000,
      refetchOnWindowFocus: false,
    },
  },
});

followTheme(document.documentElement, window.matchMedia('(prefers-color-scheme: dark)'));

const root = document.getElementById('root');
if (!root) throw new Error('the page has no element #root');
createRoot(root).render(
  <StrictMode>
    <AuthProvider {...sessionSettings(window.location.origin)}>
      <QueryClientProvider client={queries}>
        <BrowserRouter>
          <App />
        </BrowserRouter>
      </QueryClientProvider>
    </AuthProvider>
  </StrictMode>,
);
