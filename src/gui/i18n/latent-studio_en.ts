<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en">
<context>
    <name>latent::gui::AiSettings</name>
    <message numerus="yes">
        <source>The repositories offer %n models</source>
        <translation>
            <numerusform>The repositories offer %n model</numerusform>
            <numerusform>The repositories offer %n models</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>latent::gui::LibraryModel</name>
    <message numerus="yes">
        <source>%n stars</source>
        <translation>
            <numerusform>%n star</numerusform>
            <numerusform>%n stars</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>latent::gui::MaskTool</name>
    <message numerus="yes">
        <source>%n shadow(s) of dust found, %1 to go. Tick off what is no dust.</source>
        <translation>
            <numerusform>%n shadow of dust found, %1 to go. Tick off what is no dust.</numerusform>
            <numerusform>%n shadows of dust found, %1 to go. Tick off what is no dust.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>latent::gui::MaskView</name>
    <message numerus="yes">
        <source>%n prompts</source>
        <translation>
            <numerusform>%n prompt</numerusform>
            <numerusform>%n prompts</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>latent::gui::QueueModel</name>
    <message numerus="yes">
        <source>all done, %n pictures</source>
        <translation>
            <numerusform>all done, %n picture</numerusform>
            <numerusform>all done, %n pictures</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n failed</source>
        <translation>
            <numerusform>%n failed</numerusform>
            <numerusform>%n failed</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>latent::gui::RestorePanel</name>
    <message numerus="yes">
        <source>Process %n pictures</source>
        <translation>
            <numerusform>Process %n picture</numerusform>
            <numerusform>Process %n pictures</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n are left out: not for this task</source>
        <translation>
            <numerusform>%n is left out: not for this task</numerusform>
            <numerusform>%n are left out: not for this task</numerusform>
        </translation>
    </message>
</context>
</TS>
