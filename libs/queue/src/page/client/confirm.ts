import { find, h } from './dom';
import type { Action } from './parts';

/** Asks before something is done. The browser keeps the focus inside, and gives it back afterwards. */
export function confirmAction({ question, details, label, isDangerous }: Action): Promise<boolean> {
  const dialog = h(
    'dialog',
    { 'aria-labelledby': 'question', 'aria-describedby': 'details' },
    h(
      'form',
      { method: 'dialog' },
      h('h2', { id: 'question' }, question),
      h('p', { id: 'details' }, details),
      h(
        'div',
        { class: 'buttons' },
        h('button', { value: 'no', class: 'action', type: 'submit' }, 'Keep as it is'),
        h(
          'button',
          {
            value: 'yes',
            class: isDangerous === true ? 'action is-dangerous is-main' : 'action is-main',
            type: 'submit',
            autofocus: true,
          },
          label,
        ),
      ),
    ),
  ) as HTMLDialogElement;
  find('body').append(dialog);
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener('close', () => {
      dialog.remove();
      resolve(dialog.returnValue === 'yes');
    });
  });
}
