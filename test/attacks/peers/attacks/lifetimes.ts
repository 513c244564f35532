import { type Attack, deploy, HOUR, MINUTE, pass, signIn, userOf, visit } from "./attack.js";

export const LIFETIMES: readonly Attack[] = [
  {
    name: "A cookie that the client keeps past its lifetime still opens",
    async holds(application) {
      const site = await deploy(application);
      const browser = await signIn(site, "ada");
      pass(2 * HOUR);
      return (await userOf(site, browser.header)) === null;
    },
  },
  {
    name: "A cookie from before the lifetime was shortened lives on",
    async holds(application) {
      const browser = await signIn(await deploy(application), "ada");
      const shortened = await deploy(application, { lifetime: 10 * MINUTE });
      pass(20 * MINUTE);
      return (await userOf(shortened, browser.header)) === null;
    },
  },
  {
    name: "A copy that is used every half hour lives for ever",
    async holds(application) {
      const site = await deploy(application);
      const thief = await signIn(site, "ada");
      for (let i = 0; i < 100; i++) {
        pass(30 * MINUTE);
        await visit(site, thief, "keepAlive");
      }
      return (await userOf(site, thief.header)) === null;
    },
  },
  {
    name: "Adding a key signs out who is signed in",
    async holds(application) {
      const browser = await signIn(await deploy(application), "ada");
      const after = await deploy(application, { keys: "rotated" });
      for (let i = 0; i < 4; i++) {
        if ((await userOf(after, browser.header)) !== "ada") return false;
        pass(30 * MINUTE);
        await visit(after, browser, "keepAlive");
      }
      return (await userOf(after, browser.header)) === "ada";
    },
  },
  {
    name: "While a new key is being rolled out, who signs in at a new server is a stranger at an old one",
    async holds(application) {
      const before = await deploy(application);
      const after = await deploy(application, { keys: "rotated" });
      return (await userOf(before, (await signIn(after, "ada")).header)) === "ada";
    },
  },
];
