/* The module of the Worker in workerd: takes the task as a request's body, and responds with the answer. */
import { perform } from "./perform.mjs";

export default {
  async fetch(request) {
    return Response.json(await perform(await request.json()));
  },
};
