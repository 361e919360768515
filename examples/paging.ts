/** Whom a page calls and when, and what an alert from outside does: a config, which would be the default export of fettle.config.ts. */

import { defineConfig, log, machine, none, pagerduty, planWays, slack, smtp } from "fettle";
import { z } from "zod";

const failover = machine({
  name: "postgres/failover",
  data: z.object({ cluster: z.string() }),
  signals: { destroy: none },
  start: "confirming",
  transitions: { confirming: [] },
  states: { confirming: async (it) => (it.take("destroy") ? it.done() : it.wait("10s")) },
});

// Secrets come from the environment; these stand for them.
process.env.SLACK_URL = "https://hooks.slack.example/services/T0/B0/secret";
process.env.PAGERDUTY_KEY = "0123456789abcdef0123456789abcdef";
process.env.SMTP_URL = "smtps://fettle:secret@mail.example.org";
process.env.ALERTS_SECRET = "a long secret that Alertmanager has too";

const config = defineConfig({
  machines: [failover],
  pager: [
    log(),
    slack({ url: process.env.SLACK_URL }),
    { after: "15m", via: pagerduty({ routingKey: process.env.PAGERDUTY_KEY }) },
    { after: "1h", via: smtp({ url: process.env.SMTP_URL, from: "fettle@example.org", to: "head@example.org" }) },
  ],
  alerts: {
    secret: process.env.ALERTS_SECRET,
    rules: [
      {
        match: { alertname: "PostgresDown" },
        start: { machine: "postgres/failover", key: "cluster", input: ({ labels }) => ({ cluster: labels.cluster }) },
        resolved: "destroy",
      },
    ],
  },
});

for (const { way, after } of planWays(config.pager ?? [])) console.log(`${way.name} after ${after / 60_000} minutes`);
console.log(`${config.alerts?.rules.length} rule for alerts`);

// It prints:
// log after 0 minutes
// slack after 0 minutes
// pagerduty after 15 minutes
// smtp after 60 minutes
// 1 rule for alerts
