const DARK = 'pf-v6-theme-dark';

/** Keeps the page as dark or light as the person's other windows are. */
export function followTheme(page: HTMLElement, wish: MediaQueryList): void {
  const apply = () => void page.classList.toggle(DARK, wish.matches);
  apply();
  wish.addEventListener('change', apply);
}
