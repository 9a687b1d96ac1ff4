const THEMES = ['system', 'light', 'dark'] as const;
const KEY = 'latchkey-theme';

/** The button that switches between system, light and dark. The choice is stored if the browser allows it. */
export function startTheme(button: HTMLButtonElement): void {
  let theme = remembered();
  const show = (): void => {
    if (theme === 'system') delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme;
    button.textContent = `Theme: ${theme}`;
  };
  button.hidden = false;
  button.addEventListener('click', () => {
    theme = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length] ?? 'system';
    try {
      localStorage.setItem(KEY, theme);
    } catch {
      // some browsers store nothing for local files
    }
    show();
  });
  show();
}

function remembered(): (typeof THEMES)[number] {
  try {
    const kept = localStorage.getItem(KEY);
    return THEMES.find((theme) => theme === kept) ?? 'system';
  } catch {
    return 'system';
  }
}
