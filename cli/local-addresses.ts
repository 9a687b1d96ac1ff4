/** Where alerts and mail would go: on a laptop they end in the outbox folder. */
export const localTopic = 'latchkey-alerts';
export const localMail = { from: 'latchkey@localhost', to: ['you@localhost'] };
