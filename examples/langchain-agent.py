# Run it beside `airdate http`: pip install "langchain-mcp-adapters>=0.3,<0.4" "langchain[openai]" && AIRDATE_TOKEN=airdate_… OPENAI_API_KEY=… python3 examples/langchain-agent.py "Post …"
"""An agent of LangChain with Airdate's tools. Airdate's tests do not run this file.

A token of the level draft keeps what the agent asks for until a person approves it.
"""

import asyncio
import os
import sys

from langchain.agents import create_agent
from langchain_mcp_adapters.client import MultiServerMCPClient
from langchain_mcp_adapters.tools import load_mcp_tools

MODEL = os.environ.get("MODEL", "openai:gpt-4.1")
INSTRUCTIONS = (
    "You schedule short-form video with the tools of Airdate. Call list_profiles first: it tells the accounts and the time. "
    "When an error has a next, make that call as it stands; repeat a call only when its error is retryable."
)
REQUEST = "Schedule https://cdn.example.com/clip.mp4 on a simulated account in two minutes, and tell me the post's id."


async def main() -> None:
    client = MultiServerMCPClient(
        {
            "airdate": {
                "transport": "streamable_http",
                "url": os.environ.get("AIRDATE_URL", "http://127.0.0.1:4600/mcp"),
                "headers": {"Authorization": f"Bearer {os.environ['AIRDATE_TOKEN']}"},
            }
        }
    )
    # One session for all calls; client.get_tools() would open one for each.
    async with client.session("airdate") as session:
        # An error of a tool is shown to the model, which can then do what it says.
        tools = await load_mcp_tools(session)
        agent = create_agent(MODEL, tools, system_prompt=INSTRUCTIONS)
        request = " ".join(sys.argv[1:]) or REQUEST
        answer = await agent.ainvoke({"messages": [{"role": "user", "content": request}]})
        print(answer["messages"][-1].text)


asyncio.run(main())
