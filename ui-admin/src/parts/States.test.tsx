import { render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, test } from 'vitest';
import { ApiError } from '../api/client';
import { expectAccessible } from '../testing';
import { Empty, Failed, Loading } from './States';

test('a denial names the decision and its reasons and offers no retry', async () => {
  const error = new ApiError({ status: 403, error: 'denied', decision_id: 'd-7', reasons: ['no_grant'] });
  const { container } = render(<Failed error={error} retry={() => undefined} />);
  expect(screen.getByTestId('denied')).toHaveTextContent('d-7');
  expect(screen.getByTestId('denied')).toHaveTextContent('no_grant');
  expect(screen.queryByRole('button')).toBeNull();
  await expectAccessible(container);
});

test('a failure says what happened, names the request and can be tried again', async () => {
  let tries = 0;
  const error = new ApiError({ status: 503, error: 'policy unavailable', request_id: 'r-9' });
  render(<Failed error={error} retry={() => (tries += 1)} />);
  expect(screen.getByTestId('failed')).toHaveTextContent('policy unavailable');
  expect(screen.getByTestId('failed')).toHaveTextContent('r-9');
  await userEvent.click(screen.getByRole('button', { name: 'Try again' }));
  expect(tries).toBe(1);
});

test('an empty state has a heading and says why', () => {
  render(<Empty title="No graph yet">Nothing here.</Empty>);
  expect(screen.getByRole('heading', { name: 'No graph yet' })).toBeVisible();
  expect(screen.getByText('Nothing here.')).toBeVisible();
});

test('loading is named for those who cannot see it', () => {
  render(<Loading what="Loading graphs" />);
  expect(screen.getByRole('progressbar', { name: 'Loading graphs' })).toBeInTheDocument();
});
