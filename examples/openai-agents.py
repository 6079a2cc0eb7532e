# Run it beside `airdate http`: pip install openai-agents && AIRDATE_TOKEN=airdate_… OPENAI_API_KEY=… python3 examples/openai-agents.py "Post …"
"""An agent of the OpenAI Agents SDK with Airdate's tools. Airdate's tests do not run this file.

A token of the level draft keeps what the agent asks for until a person approves it.
"""

import asyncio
import os
import sys

from agents import Agent, Runner
from agents.mcp import MCPServerStreamableHttp

INSTRUCTIONS = (
    "You schedule short-form video with the tools of Airdate. Call list_profiles first: it tells the accounts and the time. "
    "When an error has a next, make that call as it stands; repeat a call only when its error is retryable."
)
REQUEST = "Schedule https://cdn.example.com/clip.mp4 on a simulated account in two minutes, and tell me the post's id."


async def main() -> None:
    async with MCPServerStreamableHttp(
        name="airdate",
        params={
            "url": os.environ.get("AIRDATE_URL", "http://127.0.0.1:4600/mcp"),
            "headers": {"Authorization": f"Bearer {os.environ['AIRDATE_TOKEN']}"},
        },
        cache_tools_list=True,
        # A vendor may take most of a minute to answer; the default is 5 seconds.
        client_session_timeout_seconds=60,
        # Safe with Airdate: the same call again never posts twice.
        max_retry_attempts=2,
    ) as server:
        agent = Agent(name="Scheduler", instructions=INSTRUCTIONS, mcp_servers=[server])
        request = " ".join(sys.argv[1:]) or REQUEST
        result = await Runner.run(agent, request)
        print(result.final_output)


asyncio.run(main())
