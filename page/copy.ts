/** Copies a text, and says so on the button. */
function copyInto(button: HTMLElement, text: string): void {
  navigator.clipboard.writeText(text).then(
    () => {
      button.textContent = 'Copied';
    },
    () => {
      button.textContent = 'Select the text to copy it';
    },
  );
}

/** Every button with `data-copy` copies the text before it. */
export function startCopying(): void {
  document.addEventListener('click', ({ target }) => {
    const button = (target as Element).closest<HTMLElement>('[data-copy]');
    if (button) copyInto(button, button.previousElementSibling?.textContent ?? '');
  });
}
