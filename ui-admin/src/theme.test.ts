import { expect, test } from 'vitest';
import { followTheme } from './theme';

test('the page is dark while the person wishes it so', () => {
  const wish = Object.assign(new EventTarget(), { matches: true });
  const page = document.createElement('html');
  followTheme(page, wish as unknown as MediaQueryList);
  expect(page).toHaveClass('pf-v6-theme-dark');
  wish.matches = false;
  wish.dispatchEvent(new Event('change'));
  expect(page).not.toHaveClass('pf-v6-theme-dark');
});
